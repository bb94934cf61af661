import { compareElites, type Elite, type Win } from './elite.js';

/**
 * The result for an elite that was offered to a cell: the cell was empty (`new`), it was improved, or the elite was not
 * added. The words are pyribs'.
 */
export type MergeStatus = 'new' | 'improved' | 'not-added';

export interface MergeResult {
  readonly status: MergeStatus;
  /** Confidence gained by the cell, 0 … 1 (the whole confidence of a new elite; 0 when it was not added). */
  readonly improvement: number;
  /** What held the cell before. */
  readonly previous?: Elite;
}

/** Why an elite was refused at the boundary. */
export type Rejection = 'unknown-class' | 'confidence-out-of-range';

/**
 * The MAP-Elites grid with one cell per class. A join-semilattice: merge is associative, commutative and idempotent,
 * since each cell keeps the greatest elite of a total order ({@link compareElites}).
 */
export interface Archive {
  /** Number of cells, C. */
  readonly classes: number;
  /** Best confidence of every class, 0 where empty; length C. Read only: it is the archive's own memory. */
  readonly confidences: Float32Array;
  /** Cells filled. */
  readonly filled: number;
  elite(classId: number): Elite | undefined;
  /** The elite of the i-th filled cell in class order, i from 0 to filled−1: what uniform selection draws from. */
  nthFilled(i: number): Elite;
  /** Elites in class order. */
  elites(): Iterable<Elite>;
  /** Why this elite may not be merged; undefined when it may. */
  reject(elite: Win): Rejection | undefined;
  /** Keeps the greater of the elite and what holds its cell. Throws a RangeError for what {@link reject} refuses. */
  merge(elite: Elite): MergeResult;
}

/** An empty archive over `classes` cells. */
export function createArchive(classes: number): Archive {
  if (!Number.isInteger(classes) || classes < 1) {
    throw new RangeError(`expected a whole number of classes from 1, got ${classes}`);
  }
  const cells = new Array<Elite | undefined>(classes).fill(undefined);
  const confidences = new Float32Array(classes);
  /** Class ids of filled cells, ascending. */
  const order: number[] = [];

  function reject({ classId, confidence }: Win): Rejection | undefined {
    if (!Number.isInteger(classId) || classId < 0 || classId >= classes) return 'unknown-class';
    if (!(confidence >= 0 && confidence <= 1)) return 'confidence-out-of-range';
    return undefined;
  }

  return {
    classes,
    confidences,
    get filled() {
      return order.length;
    },
    elite: (classId) => cells[classId],
    nthFilled(i) {
      const elite = cells[order[i] ?? -1];
      if (elite === undefined)
        throw new RangeError(`expected a filled cell 0 … ${order.length - 1}, got ${i}`);
      return elite;
    },
    *elites() {
      for (const classId of order) {
        const elite = cells[classId];
        if (elite !== undefined) yield elite;
      }
    },
    reject,
    merge(elite) {
      const rejection = reject(elite);
      if (rejection !== undefined) throw new RangeError(`elite of class ${elite.classId}: ${rejection}`);
      const { classId, confidence } = elite;
      const previous = cells[classId];
      if (previous === undefined) {
        cells[classId] = elite;
        confidences[classId] = confidence;
        order.splice(insertionPoint(order, classId), 0, classId);
        return { status: 'new', improvement: confidence };
      }
      if (compareElites(elite, previous) >= 0) return { status: 'not-added', improvement: 0, previous };
      cells[classId] = elite;
      confidences[classId] = confidence;
      return { status: 'improved', improvement: confidence - previous.confidence, previous };
    },
  };
}

/** Where `value` belongs in ascending `sorted`, by bisection. */
function insertionPoint(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Number.POSITIVE_INFINITY) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
