import { convnet } from '../training/network-plan.js';
import type { TrainingPlan } from '../training/training-plan.js';
import { EMOJI_CLASSES } from './classes.js';

/** Small, so that a drawing is one that fits a picture of this size; below 64, so that pictures are shown whole. */
export const EMOJI_SIDE = 48;

/** How the network is trained: to the last epoch, for the held-out vendor is there to be told of, not to choose by. */
export function emojiPlan(seed: number, epochs: number): TrainingPlan {
  return {
    network: convnet(EMOJI_SIDE, EMOJI_SIDE, 3, EMOJI_CLASSES),
    seed,
    batch: 100,
    epochs,
    patience: 0,
    optimiser: 'adam',
    rate: 0.002,
    decay: 0.05,
    smoothing: 0.1,
    augmentation: { shift: 0.08, rotation: 15, scale: 1.25, colour: 0.5, mirror: false, erase: 0.2 },
    normalisation: { scale: 1 / 127.5, offset: -1 },
  };
}
