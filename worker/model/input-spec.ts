import { channelCount, type TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import { BadInputError } from '../../protocol/errors.js';
import type { ImageShape } from '../onnx/image-input.js';
import { type CardInput, normalisation } from './card.js';

/**
 * Puts together what is said of a network's input, `said[0]` going before `said[1]` and so on, and what its file shows.
 * Three channels of which nobody says the order are RGB. Throws a {@link BadInputError} (`ERR_CARD`) when something is
 * said that the file contradicts, and (`ERR_CARD_MISSING`) when nobody says something that a file cannot show.
 */
export function inputSpec(
  readings: readonly ImageShape[],
  said: readonly CardInput[],
  name: string,
): TensorSpec {
  const first = <K extends keyof CardInput>(key: K) => said.find((each) => each[key] !== undefined)?.[key];
  const channels = first('channels');
  const wanted = {
    layout: first('layout'),
    channels: channels && channelCount(channels),
    width: first('width'),
    height: first('height'),
  };
  const fitting = readings.filter((reading) => fits(reading, wanted));
  const [reading, ...others] = fitting;
  if (reading === undefined) throw contradiction(readings, wanted, name);
  const order = channels ?? (reading.channels === 1 ? 'grey' : 'RGB');
  const source = said.find((each) => normalisation(each, channelCount(order), name) !== undefined);
  const affine = source && normalisation(source, channelCount(order), name);
  const width = wanted.width ?? reading.width;
  const height = wanted.height ?? reading.height;
  if (affine === undefined) throw unknown(name, 'the normalisation of its input', '--mean and --std');
  if (others.some(({ layout }) => layout !== undefined))
    throw unknown(name, 'the layout of its input', '--layout');
  if (width === undefined || height === undefined) throw unknown(name, 'the size of its input', '--size');
  const layout = reading.layout ?? wanted.layout ?? 'NHWC';
  return { layout, width, height, channels: order, ...affine };
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
    expected: `what is said of ${name} (${describe(wanted)}) to agree with its file`,
    got: `${shapes.join(' or ')} there`,
    fix: 'correct the card or flags',
  });
}

function describe({ layout, width, height, channels }: Wanted): string {
  const size = width === undefined && height === undefined ? [] : [`${width ?? '?'}×${height ?? '?'}`];
  const count = channels === undefined ? [] : [`${channels} channel${channels === 1 ? '' : 's'}`];
  return [...(layout ? [layout] : []), ...size, ...count].join(', ');
}

function unknown(name: string, what: string, flags: string): BadInputError {
  return new BadInputError({
    code: 'ERR_CARD_MISSING',
    expected: `${what} to be known`,
    got: `${name}, which is not in the catalogue and has no card that says it`,
    fix: `put a card beside it (FILE.card.yaml; see the README) or give ${flags}`,
  });
}
