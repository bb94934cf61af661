/** What a network said of one image: its confidence in the class that it names, 0 … 1, and whether that is the right one. */
export interface Verdict {
  readonly confidence: number;
  readonly right: boolean;
}

/** Images whose confidence lies in (from, to]; the first bin holds 0 too. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean confidence; 0 of none. */
  readonly confidence: number;
  /** Share of them named rightly; 0 of none. */
  readonly accuracy: number;
}

/** Guo et al. use 15. */
export const BINS = 15;

/**
 * The bins of a reliability diagram: `bins` of equal width over 0 … 1 (DeGroot and Fienberg 1983, as in Guo, Pleiss, Sun
 * and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017). Throws a RangeError for a confidence outside
 * 0 … 1.
 */
export function reliability(verdicts: readonly Verdict[], bins = BINS): Bin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const { confidence, right } of verdicts) {
    if (!(confidence >= 0 && confidence <= 1)) {
      throw new RangeError(`expected a confidence from 0 to 1, got ${confidence}`);
    }
    const sum = sums[Math.max(0, Math.ceil(confidence * bins) - 1)];
    if (sum === undefined) continue;
    sum.count++;
    sum.confidence += confidence;
    if (right) sum.right++;
  }
  return sums.map(({ count, confidence, right }, i) => ({
    from: i / bins,
    to: (i + 1) / bins,
    count,
    confidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : right / count,
  }));
}

/**
 * The expected calibration error, 0 … 1: Σ over the bins of (count / all) · |accuracy − confidence| (Naeini, Cooper and
 * Hauskrecht, AAAI 2015; Guo et al. 2017). 0 of no images.
 */
export function expectedCalibrationError(bins: readonly Bin[]): number {
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return 0;
  return bins.reduce(
    (sum, { count, accuracy, confidence }) => sum + (count / all) * Math.abs(accuracy - confidence),
    0,
  );
}

/** How many values lie in each of `bins` equal parts of 0 … 1, as {@link reliability} cuts them. */
export function histogram(confidences: Iterable<number>, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const confidence of confidences) {
    const at = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}
