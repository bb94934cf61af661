import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { NO_AUGMENTATION } from '../../../worker/training/augmentation.js';
import type { ImageSet } from '../../../worker/training/image-set.js';
import type { NetworkPlan } from '../../../worker/training/network-plan.js';
import type { TrainingPlan } from '../../../worker/training/training-plan.js';

/** Every kind of layer, on images of 9 × 8. */
export const EVERY_LAYER: NetworkPlan = {
  width: 9,
  height: 8,
  channels: 3,
  classes: 4,
  standardised: true,
  layers: [
    { kind: 'convolution', channels: 5, side: 3, padding: 'same', stride: 2 },
    { kind: 'convolution', channels: 4, side: 3, padding: 'same' },
    { kind: 'pool' },
    { kind: 'mean' },
    { kind: 'fully-connected', units: 6 },
  ],
};

/** As LeNet: plain filters, without padding, and a dense layer on planes. */
export const PLAIN: NetworkPlan = {
  width: 8,
  height: 7,
  channels: 1,
  classes: 3,
  standardised: false,
  layers: [
    { kind: 'convolution', channels: 4, side: 3, padding: 'valid' },
    { kind: 'pool' },
    { kind: 'fully-connected', units: 5 },
  ],
};

/** Pools behind each other, and some that leave a row or a column out. */
export const POOLED: NetworkPlan = {
  width: 15,
  height: 13,
  channels: 1,
  classes: 3,
  standardised: false,
  layers: [
    { kind: 'convolution', channels: 4, side: 3, padding: 'same' },
    { kind: 'pool' },
    { kind: 'convolution', channels: 3, side: 1, padding: 'valid' },
    { kind: 'pool' },
    { kind: 'pool' },
    { kind: 'fully-connected', units: 5 },
  ],
};

export function planOf(network: NetworkPlan, changes: Partial<TrainingPlan> = {}): TrainingPlan {
  return {
    network,
    seed: 3,
    batch: 6,
    epochs: 3,
    patience: 0,
    optimiser: 'adam',
    rate: 0.02,
    decay: 0,
    smoothing: 0,
    augmentation: NO_AUGMENTATION,
    normalisation: { scale: 1 / 255, offset: 0 },
    ...changes,
  };
}

/** Random images, each of which has one class by chance: what can only be learnt by heart. */
export function randomSet(
  { width, height, channels, classes }: NetworkPlan,
  count: number,
  seed = 1,
): ImageSet {
  const random = randomFrom(seed, 'test', 'images');
  return {
    count,
    width,
    height,
    channels: channels === 1 ? 1 : 3,
    pixels: Uint8Array.from({ length: count * width * height * channels }, () => random.below(256)),
    labels: Uint16Array.from({ length: count }, (_, i) => i % classes),
    classes: Array.from({ length: classes }, (_, i) => `class ${i}`),
  };
}
