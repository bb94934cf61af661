import type { Digest } from '../../protocol/encodings/genome.js';
import type { StoredJump } from './store.js';

/** How a run came to what it holds, as the gallery tells it: never more than is asked for, however long the run is. */
export interface PastReader {
  /** When each class's elite took its cell: milliseconds since 1970, 0 where the cell is empty. */
  takenAt(): Float64Array;
  /** Jumps whose id is greater than `id`, ascending: the first `most` of them. */
  jumpsAfter(id: number, most: number): Progress[];
  /** Everything that has held a class, oldest first; of more than `most` (at least 2), that number of evenly spaced ones. */
  pastOf(classId: number, most: number): Thinned<PastJump>;
  /**
   * The line from the first ancestor that is stored to the elite of a class, which is the last; thinned likewise. Empty
   * where the cell is.
   */
  lineOf(classId: number, most: number): Thinned<LineMember>;
  /**
   * What is kept of a genome that holds no cell any more and whose bytes are not kept: the canonical bytes of its miniature,
   * which is the genome itself where that is small. Undefined where nothing is.
   */
  miniature(digest: Digest): Uint8Array | undefined;
}

/** What is kept of a genome: its bytes, its miniature, or its digest alone. */
export const KEPT = ['genome', 'miniature', 'digest'] as const;
export type Kept = (typeof KEPT)[number];

/** What of a jump shows how far the run was. */
export type Progress = Pick<StoredJump, 'id' | 'classId' | 'confidence' | 'evaluation' | 'cost'>;

export interface PastJump extends StoredJump {
  /** Where the genome was born. */
  readonly island: number;
  readonly kept: Kept;
}

/** An elite, or one of its ancestors. */
export interface LineMember {
  readonly digest: Digest;
  /** The class whose cell it was drawn from as a parent; of the last, its own. */
  readonly classId: number;
  /** What it had when it took that class's cell of the run; absent where it held only its island's. */
  readonly confidence?: number;
  readonly island: number;
  /** Of its island, at birth. */
  readonly evaluation: number;
  readonly kept: Kept;
}

/** Some of a series, in its order, its first and its last among them. */
export interface Thinned<T> {
  readonly kept: readonly T[];
  /** How many were left out. */
  readonly omitted: number;
}

/** An ancestor of this many generations ago is the oldest that is looked for: what islands say of parents is hearsay. */
export const MOST_GENERATIONS = 50_000;

/** Whether the `i`-th of `count` things is among `most` (at least 2) that are spaced evenly, from the first to the last. */
export function isKept(i: number, count: number, most: number): boolean {
  return count <= most || (i * (most - 1)) % (count - 1) < most - 1;
}

/** At most `most` of the series, spaced evenly. */
export function thin<T>(series: readonly T[], most: number): Thinned<T> {
  const kept = series.filter((_, i) => isKept(i, series.length, most));
  return { kept, omitted: series.length - kept.length };
}
