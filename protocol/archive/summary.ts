/** The first figures to look at: how full the archive is and how certain the network is. */
export interface ArchiveSummary {
  /** Share of cells filled, 0 … 1. */
  readonly coverage: number;
  /** Median best confidence over all C classes; an empty cell counts 0. */
  readonly median: number;
  readonly mean: number;
  /** Sum of best confidences. */
  readonly qdScore: number;
  /** Number of classes at or above each threshold. */
  readonly above: Readonly<Record<Threshold, number>>;
}

export const THRESHOLDS = ['0.5', '0.9', '0.99', '0.999', '0.9999'] as const;
export type Threshold = (typeof THRESHOLDS)[number];

/** Summarises the best confidences of all classes (0 where empty). Throws a RangeError when there are none. */
export function summarise(confidences: Float32Array, filled: number): ArchiveSummary {
  const count = confidences.length;
  if (count === 0) throw new RangeError('expected at least one class, got none');
  const sorted = Float64Array.from(confidences).sort();
  const middle = count >>> 1;
  const upper = sorted[middle] ?? 0;
  const qdScore = sorted.reduce((sum, confidence) => sum + confidence, 0);
  const above = Object.fromEntries(
    THRESHOLDS.map((threshold) => [
      threshold,
      sorted.filter((confidence) => confidence >= Number(threshold)).length,
    ]),
  ) as Record<Threshold, number>;
  return {
    coverage: filled / count,
    median: count % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2,
    mean: qdScore / count,
    qdScore,
    above,
  };
}
