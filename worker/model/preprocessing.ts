import type { CardInput } from './card.js';

/** What families of published networks want of their input; the layout and the size are read from the file. */
export const PREPROCESSING = {
  /** torchvision's and GluonCV's, and what the zoo's README says of most networks. */
  imagenet: {
    channels: 'RGB',
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  /** Google's TensorFlow and Keras networks: −1 … 1. */
  tensorflow: { channels: 'RGB', mean: 127.5, std: 127.5, range: 255 },
  /** Networks that began in Caffe: the mean colour of ImageNet taken off. */
  caffe: { channels: 'BGR', mean: [103.939, 116.779, 123.68], range: 255 },
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
