import type { Augmentation, Frame } from './augmentation.js';
import type { NetworkPlan } from './network-plan.js';
import type { OptimiserName } from './optimiser.js';

/** All that decides the weights that come out, beside the data. */
export interface TrainingPlan {
  readonly network: NetworkPlan;
  /** Of the initial weights, the order of the images and their changes. */
  readonly seed: number;
  /** Images a step. */
  readonly batch: number;
  /** Passes over the images, at most. */
  readonly epochs: number;
  /**
   * Training ends when so many epochs in a row were no better on the validation images, and the best epoch's weights are
   * taken. 0: it never ends early, and the last epoch's weights are taken.
   */
  readonly patience: number;
  readonly optimiser: OptimiserName;
  /** The greatest rate; see schedule.ts. */
  readonly rate: number;
  /** See optimiser.ts; of dense layers alone, for a standardised filter's size has no meaning. */
  readonly decay: number;
  /** Share of a target that is spread evenly over all classes (Szegedy et al. 2016), 0 … 1. */
  readonly smoothing: number;
  readonly augmentation: Augmentation;
  readonly normalisation: Frame['normalisation'];
}

/** How a network's input is laid out. */
export function frameOf({ network, normalisation }: TrainingPlan): Frame {
  const { width, height, channels } = network;
  return { width, height, channels, normalisation };
}
