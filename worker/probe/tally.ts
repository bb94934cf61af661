/** How a network did on labelled pictures. */
export interface Tally {
  readonly pictures: number;
  /** Pictures whose class is the one that the network believes most, and of which it is among the five. */
  readonly top1: number;
  readonly top5: number;
  /** Median over the pictures of the confidence of the right class. */
  readonly medianConfidence: number;
}

/** Where a class stands among the confidences, 0 for the greatest; of equals, the smaller class comes first. */
export function rankOf(confidences: Float32Array, classId: number): number {
  const own = confidences[classId] ?? Number.NaN;
  // A network that overflows knows nothing of the picture.
  if (Number.isNaN(own)) return confidences.length;
  let rank = 0;
  confidences.forEach((confidence, other) => {
    if (confidence > own || (confidence === own && other < classId)) rank++;
  });
  return rank;
}

/** Sums up the ranks and confidences of the right classes, one of each a picture. */
export function tallyOf(ranks: readonly number[], confidences: readonly number[]): Tally {
  const sorted = confidences.map((each) => (Number.isNaN(each) ? 0 : each)).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = low] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return {
    pictures: ranks.length,
    top1: ranks.filter((rank) => rank < 1).length,
    top5: ranks.filter((rank) => rank < 5).length,
    medianConfidence: (low + high) / 2,
  };
}

/** Orders tallies from the best: by top-1 accuracy, then by confidence, then by top-5 accuracy. */
export function byMerit(a: Tally, b: Tally): number {
  return b.top1 - a.top1 || b.medianConfidence - a.medianConfidence || b.top5 - a.top5;
}

/** Whether a tally is one that guessing could have: within two deviations of what chance hits among `classes`. */
export function isGuessing({ pictures, top1 }: Tally, classes: number): boolean {
  const chance = 1 / classes;
  return top1 <= pictures * chance + 2 * Math.sqrt(pictures * chance * (1 - chance));
}
