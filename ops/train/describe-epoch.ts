import type { EpochFigures } from '../../worker/training/early-stopping.js';

/** The last of the epochs done, in one line: `epoch 3/20: loss 0.1234; 97.1 % right in training, 98.2 % in validation`. */
export function describeEpoch(history: readonly EpochFigures[], epochs: number): string {
  const last = history.at(-1);
  if (last === undefined) return `epoch 0/${epochs}`;
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  return (
    `epoch ${history.length}/${epochs}: loss ${last.loss.toFixed(4)}; ` +
    `${percent(last.trainAccuracy)} right in training, ${percent(last.accuracy)} in validation`
  );
}
