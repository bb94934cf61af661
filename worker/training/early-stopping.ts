/** What an epoch came to. */
export interface EpochFigures {
  /** Mean loss over the epoch's batches, targets smoothed as the plan says. */
  readonly loss: number;
  /** Share of the changed training images that were right while they were trained on. */
  readonly trainAccuracy: number;
  /** Mean cross-entropy and share that is right of the validation images, after the epoch. */
  readonly validationLoss: number;
  readonly accuracy: number;
}

/** The index of the best epoch: the greatest accuracy, then the smallest loss, then the first. -1 of none. */
export function bestEpoch(history: readonly EpochFigures[]): number {
  return history.reduce((best, each, i) => {
    const found = history[best];
    if (found === undefined || each.accuracy > found.accuracy) return i;
    return each.accuracy === found.accuracy && each.validationLoss < found.validationLoss ? i : best;
  }, -1);
}

/** Whether the last `patience` epochs were all no better than one before them. `patience` 0: never. */
export function hasStalled(history: readonly EpochFigures[], patience: number): boolean {
  return patience > 0 && history.length - 1 - bestEpoch(history) >= patience;
}
