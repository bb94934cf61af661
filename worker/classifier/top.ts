export interface Guess {
  readonly classId: number;
  readonly label: string;
  readonly confidence: number;
}

/** The `count` classes of greatest confidence, greatest first; of equals, the smaller class first. */
export function topGuesses(confidences: Float32Array, labels: readonly string[], count = 5): Guess[] {
  return [...confidences]
    .map((confidence, classId) => ({ classId, label: labels[classId] ?? '', confidence }))
    .sort((a, b) => b.confidence - a.confidence || a.classId - b.classId)
    .slice(0, count);
}
