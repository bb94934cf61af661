import { type ChannelOrder, channelCount, type TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { CardInput } from './card.js';

/** tensor = (byte · range / 255 − mean) / std for bytes 0 … 255; lists are in the order red, green, blue. */
interface Preset {
  /** Where the values of the tensor lie, for sentences; absent where no short range tells it. */
  readonly reach?: string;
  readonly says: string;
  /** The order of the channels unless something else is said. A grey network has one channel. */
  readonly channels: 'RGB' | 'BGR';
  readonly mean: number | readonly [number, number, number];
  readonly std: number | readonly [number, number, number];
  readonly range: 1 | 255;
}

/**
 * The ways to prepare pixels that people know by name. `imagenet` is the one of torchvision; `caffe` and `signed` are
 * the modes `caffe` and `tf` of Keras' `imagenet_utils`.
 */
export const PRESETS = {
  unit: { reach: '0…1', says: 'RGB, 0 to 1', channels: 'RGB', mean: 0, std: 1, range: 1 },
  signed: { reach: '−1…1', says: 'RGB, -1 to 1', channels: 'RGB', mean: 127.5, std: 127.5, range: 255 },
  imagenet: {
    says: 'RGB, 0 to 1, minus the mean colour of ImageNet, divided by its deviation',
    channels: 'RGB',
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    range: 1,
  },
  caffe: {
    says: 'BGR, 0 to 255, minus the mean colour of ImageNet',
    channels: 'BGR',
    mean: [123.68, 116.779, 103.939],
    std: 1,
    range: 255,
  },
  byte: { reach: '0…255', says: 'RGB, 0 to 255', channels: 'RGB', mean: 0, std: 1, range: 255 },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

/** In the order in which people are told of them. */
export const PRESET_NAMES = ['unit', 'signed', 'imagenet', 'caffe', 'byte'] as const satisfies PresetName[];

/** `unit (0…1), signed (−1…1), imagenet, caffe or byte (0…255)`. */
export function presetList(): string {
  const words = PRESET_NAMES.map((name) => {
    const { reach }: Preset = PRESETS[name];
    return reach === undefined ? name : `${name} (${reach})`;
  });
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Whether a preset has one mean for each colour, so that it means nothing to a network of grey images. */
export function needsColour(name: PresetName): boolean {
  return typeof PRESETS[name].mean !== 'number';
}

/** Scale and offset of tensor = byte · scale + offset, one for each channel. */
export type Normalisation = Pick<TensorSpec, 'scale' | 'offset'>;

/** tensor = (byte · range / 255 − mean) / std as scale and offset; `mean` and `std` have one value for each channel. */
export function standardisation(
  mean: readonly number[],
  std: readonly number[],
  range: number,
): Normalisation {
  return {
    scale: std.map((each) => range / 255 / each),
    offset: mean.map((each, c) => (each === 0 ? 0 : -each / (std[c] ?? 1))),
  };
}

/**
 * A preset for the channels of a network, in its own order. Throws a RangeError for a preset that needs colours where
 * the network is grey; see {@link needsColour}.
 */
export function presetNormalisation(name: PresetName, channels: ChannelOrder): Normalisation {
  if (channels === 'grey' && needsColour(name)) throw new RangeError(`${name} needs colours`);
  const { mean, std, range }: Preset = PRESETS[name];
  return standardisation(inOrder(mean, channels), inOrder(std, channels), range);
}

function inOrder(values: Preset['mean'], channels: ChannelOrder): readonly number[] {
  if (typeof values === 'number') return Array<number>(channelCount(channels)).fill(values);
  return channels === 'BGR' ? values.toReversed() : values;
}

/** The preprocessing of families of published networks; the layout and the size are read from the file. */
export const PREPROCESSING = {
  /** torchvision's and GluonCV's, and what the zoo's README says of most networks. */
  imagenet: { preprocess: 'imagenet' },
  /** Google's TensorFlow and Keras networks: −1 … 1. */
  tensorflow: { preprocess: 'signed' },
  /** Networks that began in Caffe: the mean colour of ImageNet taken off. */
  caffe: { preprocess: 'caffe' },
  /** SqueezeNet as its authors released it in Caffe. */
  'squeezenet1.0': { channels: 'BGR', mean: [104, 117, 123], range: 255 },
  /** DenseNet-Caffe (shicai), from which the zoo's files were converted. */
  densenet: {
    channels: 'BGR',
    scale: 0.017,
    offset: [-103.94 * 0.017, -116.78 * 0.017, -123.68 * 0.017],
  },
  'efficientnet-lite': { channels: 'RGB', mean: 127, std: 128, range: 255 },
  mnist: { channels: 'grey', scale: 1, offset: 0 },
} as const satisfies Record<string, CardInput>;

export type Preprocessing = keyof typeof PREPROCESSING;
