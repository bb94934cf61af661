/**
 * Which images of the past are kept of an encoding whose superseded genomes are too large to keep: of each class, the
 * first that reached each of these confidences and that the coordinator had whole when the next one came.
 */
export const MILESTONES = [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 0.9999] as const;

/** At most so many bytes of them in a run, all classes together; what comes later is not kept. */
export const MOST_MILESTONE_BYTES = 256 << 20;

/** The number of the last milestone that a confidence reaches: 0 … 9. */
export function milestoneOf(confidence: number): number {
  return MILESTONES.findLastIndex((least) => confidence >= least);
}

/** Whether one more of `bytes` has room beside `count` of that size. */
export function hasRoom(count: number, bytes: number): boolean {
  return (count + 1) * bytes <= MOST_MILESTONE_BYTES;
}
