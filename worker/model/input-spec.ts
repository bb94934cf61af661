import { BadInputError } from '../../protocol/base/errors.js';
import { type ChannelOrder, channelCount, type TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { ImageShape } from '../onnx/image-input.js';
import { type CardInput, normalisation } from './card.js';
import { PRESETS, presetList } from './preprocessing.js';

/** What the network itself answers of its input, where its file shows it. */
export interface OwnInput {
  /** It takes bytes: its input is uint8, or its first layers scale the pixels. */
  readonly takesBytes: boolean;
}

/**
 * Puts together what is said of a network's input, `said[0]` going before `said[1]` and so on, and what its file shows.
 * Three channels in an unknown order are RGB. A network that takes bytes gets them unless something else is said.
 * Throws a {@link BadInputError} (`ERR_CARD`) when something is said that the file contradicts, and (`ERR_CARD_MISSING`)
 * when something that a file cannot show is said nowhere.
 */
export function inputSpec(
  readings: readonly ImageShape[],
  said: readonly CardInput[],
  name: string,
  own: OwnInput = { takesBytes: false },
): TensorSpec {
  const all: readonly CardInput[] = own.takesBytes ? [...said, { preprocess: 'byte' }] : said;
  const first = <K extends keyof CardInput>(key: K) => all.find((each) => each[key] !== undefined)?.[key];
  const channels = saidChannels(all);
  const wanted = {
    layout: first('layout'),
    channels: channels.count,
    width: first('width'),
    height: first('height'),
  };
  const fitting = readings.filter((reading) => fits(reading, wanted));
  const [reading, ...others] = fitting;
  if (reading === undefined) throw contradiction(readings, wanted, name);
  const order = channels.order ?? (reading.channels === 1 ? 'grey' : channels.colours);
  const affine = firstNormalisation(all, order, name);
  const width = wanted.width ?? reading.width;
  const height = wanted.height ?? reading.height;
  // That no picture fits is to be heard of before all else.
  if (reading.numbers !== undefined && (width ?? height) === undefined)
    throw unknownSize(name, reading.numbers);
  if (affine === undefined) throw unknownPixels(name);
  // Where the layout is open in any case, the first reading is the likeliest one.
  if (others.some(({ layout }) => layout !== undefined)) throw unknownLayout(name);
  if (width === undefined || height === undefined) throw unknownSize(name);
  const layout = reading.layout ?? wanted.layout ?? 'NHWC';
  return { layout, width, height, channels: order, ...affine };
}

interface SaidChannels {
  readonly order: ChannelOrder | undefined;
  readonly count: 1 | 3 | undefined;
  /** The order of three channels where no order is said. */
  readonly colours: 'RGB' | 'BGR';
}

/**
 * A preset names an order too: it goes before the order that a later source says, but it does not make a grey network
 * one of colours.
 */
function saidChannels(said: readonly CardInput[]): SaidChannels {
  const at = said.findIndex(({ channels, preprocess }) => channels !== undefined || preprocess !== undefined);
  const { channels, preprocess } = said[at] ?? {};
  const later = channels ?? said.slice(at).find((each) => each.channels !== undefined)?.channels;
  const colours = preprocess === undefined ? 'RGB' : PRESETS[preprocess].channels;
  const order = later === undefined || channels !== undefined || later === 'grey' ? later : colours;
  return { order, count: order && channelCount(order), colours };
}

function firstNormalisation(said: readonly CardInput[], channels: ChannelOrder, name: string) {
  for (const each of said) {
    const found = normalisation(each, channels, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Wanted = { readonly [K in keyof Omit<ImageShape, 'numbers'>]: ImageShape[K] | undefined };

function fits(reading: ImageShape, wanted: Wanted): boolean {
  const keys = ['layout', 'channels', 'width', 'height'] as const;
  const { numbers } = reading;
  if (numbers !== undefined && wanted.width !== undefined && wanted.height !== undefined) {
    if (wanted.width * wanted.height * (reading.channels ?? 1) !== numbers) return false;
  }
  return keys.every(
    (key) => wanted[key] === undefined || reading[key] === undefined || wanted[key] === reading[key],
  );
}

function contradiction(readings: readonly ImageShape[], wanted: Wanted, name: string): BadInputError {
  const shapes = readings.map((reading) => describe(reading));
  return new BadInputError({
    code: 'ERR_CARD',
    problem: `${name} takes images of ${shapes.join(' or ')}, but ${describe(wanted)} is given for it`,
    fix: 'Correct the card or the flags',
  });
}

function describe({ layout, width, height, channels }: Wanted): string {
  const size = width === undefined && height === undefined ? [] : [`${width ?? '?'}×${height ?? '?'}`];
  const count = channels === undefined ? [] : [`${channels} channel${channels === 1 ? '' : 's'}`];
  return [...(layout ? [layout] : []), ...size, ...count].join(', ');
}

function unknownPixels(name: string): BadInputError {
  return unknown(
    `How ${name} expects its pixels is not known`,
    `Add --preprocess ${presetList()}, or a card; \`atoll models probe\` finds out which`,
  );
}

function unknownLayout(name: string): BadInputError {
  return unknown(
    `The order of the axes of ${name} is not known`,
    'Add --layout NCHW (channels first) or --layout NHWC (channels last), or a card',
  );
}

/** @param numbers of an image whose pixels stand in one row, where that is so */
function unknownSize(name: string, numbers?: number): BadInputError {
  return unknown(
    numbers === undefined
      ? `The size of the images that ${name} takes is not known`
      : `${name} takes ${numbers} numbers an image, which is no square of 1 or 3 channels`,
    'Add --size 224 (or --size WIDTHxHEIGHT), or a card',
  );
}

function unknown(problem: string, fix: string): BadInputError {
  return new BadInputError({ code: 'ERR_CARD_MISSING', problem, fix });
}
