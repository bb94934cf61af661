import type { Arena } from '../../drawing/painting/arena.js';

/** Writes operations into the kernel's memory, as kernel/lines.ts and kernel/plane.ts lay them out. */
export interface OpWriter {
  /** Sums terms along a line of `length` values (a multiple of 4) into `target`: see LineOp's code. */
  beginLine(code: number, length: number, target: number): void;
  /** A term of the line operation last begun; `stride` is 16, or 0 where the source is a constant. */
  lineTerm(weight: number, source: number, stride: 0 | 16): void;
  /** Sums `rowPart` + `base` (0: none) + terms for `rows` of a pair into `target`. */
  beginPlane(base: number, baseStride: number, rowPart: number, target: number, rows: 1 | 2): void;
  /** A term of the plane operation last begun. */
  planeTerm(weight: number, source: number, stride: number): void;
  /** Ends the plane operation: what becomes of its sum, SUM or an activation. */
  endPlane(activation: number): void;
  readonly lineOps: number;
  readonly lineOpCount: number;
  readonly planeOps: number;
  readonly planeOpCount: number;
}

/** LineOp codes beyond the activations: the bare sum. */
export const PART = 4;
export const PART_OF_SINE = 5;
/** The plane operation that leaves its sum as it is. */
export const SUM = 4;
/** Inputs of one plane operation. */
export const MOST_INPUTS = 4;

const LINE_HEADER = 16;
const LINE_TERM = 16;
const PLANE_HEADER = 24;
const PLANE_TERM = 12;

/** Takes room for so many line operations with so many terms in all, and the same of plane operations. */
export function createOpWriter(
  arena: Arena,
  room: { lineOps: number; lineTerms: number; planeOps: number; planeTerms: number },
): OpWriter {
  const lineOps = arena.take(room.lineOps * LINE_HEADER + room.lineTerms * LINE_TERM);
  const planeOps = arena.take(room.planeOps * PLANE_HEADER + room.planeTerms * PLANE_TERM);
  const { i32, f32, f64 } = arena;
  let lineOpCount = 0;
  let lineOp = 0;
  let lineEnd = lineOps;
  let planeOpCount = 0;
  let planeOp = 0;
  let planeEnd = planeOps;
  let planeInputs = 0;

  return {
    beginLine(code, length, target) {
      lineOp = lineEnd >> 2;
      lineEnd += LINE_HEADER;
      lineOpCount++;
      i32[lineOp] = code;
      i32[lineOp + 1] = length;
      i32[lineOp + 2] = target;
      i32[lineOp + 3] = 0;
    },
    lineTerm(weight, source, stride) {
      f64[lineEnd >> 3] = weight;
      i32[(lineEnd >> 2) + 2] = source;
      i32[(lineEnd >> 2) + 3] = stride;
      lineEnd += LINE_TERM;
      i32[lineOp + 3] = (i32[lineOp + 3] as number) + 1;
    },
    beginPlane(base, baseStride, rowPart, target, rows) {
      planeOp = planeEnd >> 2;
      planeEnd += PLANE_HEADER;
      planeOpCount++;
      planeInputs = 0;
      i32[planeOp + 1] = base;
      i32[planeOp + 2] = baseStride;
      i32[planeOp + 3] = rowPart;
      i32[planeOp + 4] = target;
      i32[planeOp + 5] = rows;
    },
    planeTerm(weight, source, stride) {
      const term = planeEnd >> 2;
      f32[term] = weight;
      i32[term + 1] = source;
      i32[term + 2] = stride;
      planeEnd += PLANE_TERM;
      planeInputs++;
    },
    endPlane(activation) {
      const based = i32[planeOp + 1] !== 0;
      i32[planeOp] = activation * 10 + planeInputs + (based ? 0 : 5);
    },
    lineOps,
    planeOps,
    get lineOpCount() {
      return lineOpCount;
    },
    get planeOpCount() {
      return planeOpCount;
    },
  };
}
