import type { Planes } from '../pixels/planes.js';

/** A picture that was tried, in whole levels, and what the network says of it. */
export interface Attempt {
  readonly planes: Planes;
  /** For every class. */
  readonly confidences: Float32Array;
  /** Whether the class wanted has the greatest confidence of all. */
  readonly reached: boolean;
  /** Pictures that the network was shown until then. */
  readonly looks: number;
}

/** Whether a class has the greatest confidence of all; a tie is not enough. */
export function isTop(confidences: Float32Array, classId: number): boolean {
  const own = confidences[classId] ?? Number.NaN;
  return confidences.every((confidence, other) => other === classId || confidence < own);
}
