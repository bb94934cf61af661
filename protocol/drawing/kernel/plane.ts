// What depends on both x and y, or on d: evaluated pixel by pixel, four at a time.
//
// There is a loop for every activation and number of inputs, so that a node is: load, multiply and add its inputs in
// registers, activate, store once. An interpreter with an operation for each multiplication stores and reloads every
// sum. Nodes that come of splitting a connection have no column part; they have loops of their own.

import { activate, constant, GAUSSIAN, LINEAR, SIGMOID, SINE } from './activation';

/** One plane operation; a node of more than four plane inputs is a chain of them. */
@unmanaged
class PlaneOp {
  /** (activation or {@link SUM}) · 10 + inputs (0 … 4), and 5 more where there is no base. */
  code: i32;
  /** Floats a row that the sum starts with: the column part, or the sum so far. */
  base: usize;
  /** From the base of a pair's first row to that of its second: 0 for a column part. */
  baseStride: i32;
  /** A float for every row of the picture: the row part. */
  rowPart: usize;
  target: usize;
  /** Rows of a pair to evaluate: 1 where both are the same, else 2. */
  rows: i32;
}

/** Follows the header, `inputs` times. */
@unmanaged
class PlaneTerm {
  weight: f32;
  source: usize;
  /** From the pair's first row to its second: 0 where both are the same. */
  stride: i32;
}

/** In the place of an activation: the sum is left as it is. */
const SUM = 4;

const TERM = offsetof<PlaneTerm>();

/**
 * Runs `count` plane operations that lie one after the other from `at` on, for rows `upper` and `lower` of the picture
 * (`rows` = 1: for `upper` alone), each of `bytes` bytes.
 */
export function runPlane(at: usize, count: i32, upper: i32, lower: i32, bytes: usize, rows: i32): void {
  for (let i = 0; i < count; i++) {
    const op = changetype<PlaneOp>(at);
    switch (op.code) {
      case 0: plane(op, SINE, 0, true, upper, lower, bytes, rows); break;
      case 1: plane(op, SINE, 1, true, upper, lower, bytes, rows); break;
      case 2: plane(op, SINE, 2, true, upper, lower, bytes, rows); break;
      case 3: plane(op, SINE, 3, true, upper, lower, bytes, rows); break;
      case 4: plane(op, SINE, 4, true, upper, lower, bytes, rows); break;
      case 5: plane(op, SINE, 0, false, upper, lower, bytes, rows); break;
      case 6: plane(op, SINE, 1, false, upper, lower, bytes, rows); break;
      case 7: plane(op, SINE, 2, false, upper, lower, bytes, rows); break;
      case 8: plane(op, SINE, 3, false, upper, lower, bytes, rows); break;
      case 9: plane(op, SINE, 4, false, upper, lower, bytes, rows); break;
      case 10: plane(op, SIGMOID, 0, true, upper, lower, bytes, rows); break;
      case 11: plane(op, SIGMOID, 1, true, upper, lower, bytes, rows); break;
      case 12: plane(op, SIGMOID, 2, true, upper, lower, bytes, rows); break;
      case 13: plane(op, SIGMOID, 3, true, upper, lower, bytes, rows); break;
      case 14: plane(op, SIGMOID, 4, true, upper, lower, bytes, rows); break;
      case 15: plane(op, SIGMOID, 0, false, upper, lower, bytes, rows); break;
      case 16: plane(op, SIGMOID, 1, false, upper, lower, bytes, rows); break;
      case 17: plane(op, SIGMOID, 2, false, upper, lower, bytes, rows); break;
      case 18: plane(op, SIGMOID, 3, false, upper, lower, bytes, rows); break;
      case 19: plane(op, SIGMOID, 4, false, upper, lower, bytes, rows); break;
      case 20: plane(op, GAUSSIAN, 0, true, upper, lower, bytes, rows); break;
      case 21: plane(op, GAUSSIAN, 1, true, upper, lower, bytes, rows); break;
      case 22: plane(op, GAUSSIAN, 2, true, upper, lower, bytes, rows); break;
      case 23: plane(op, GAUSSIAN, 3, true, upper, lower, bytes, rows); break;
      case 24: plane(op, GAUSSIAN, 4, true, upper, lower, bytes, rows); break;
      case 25: plane(op, GAUSSIAN, 0, false, upper, lower, bytes, rows); break;
      case 26: plane(op, GAUSSIAN, 1, false, upper, lower, bytes, rows); break;
      case 27: plane(op, GAUSSIAN, 2, false, upper, lower, bytes, rows); break;
      case 28: plane(op, GAUSSIAN, 3, false, upper, lower, bytes, rows); break;
      case 29: plane(op, GAUSSIAN, 4, false, upper, lower, bytes, rows); break;
      case 30: plane(op, LINEAR, 0, true, upper, lower, bytes, rows); break;
      case 31: plane(op, LINEAR, 1, true, upper, lower, bytes, rows); break;
      case 32: plane(op, LINEAR, 2, true, upper, lower, bytes, rows); break;
      case 33: plane(op, LINEAR, 3, true, upper, lower, bytes, rows); break;
      case 34: plane(op, LINEAR, 4, true, upper, lower, bytes, rows); break;
      case 35: plane(op, LINEAR, 0, false, upper, lower, bytes, rows); break;
      case 36: plane(op, LINEAR, 1, false, upper, lower, bytes, rows); break;
      case 37: plane(op, LINEAR, 2, false, upper, lower, bytes, rows); break;
      case 38: plane(op, LINEAR, 3, false, upper, lower, bytes, rows); break;
      case 39: plane(op, LINEAR, 4, false, upper, lower, bytes, rows); break;
      case 40: plane(op, SUM, 0, true, upper, lower, bytes, rows); break;
      case 41: plane(op, SUM, 1, true, upper, lower, bytes, rows); break;
      case 42: plane(op, SUM, 2, true, upper, lower, bytes, rows); break;
      case 43: plane(op, SUM, 3, true, upper, lower, bytes, rows); break;
      case 44: plane(op, SUM, 4, true, upper, lower, bytes, rows); break;
      case 45: plane(op, SUM, 0, false, upper, lower, bytes, rows); break;
      case 46: plane(op, SUM, 1, false, upper, lower, bytes, rows); break;
      case 47: plane(op, SUM, 2, false, upper, lower, bytes, rows); break;
      case 48: plane(op, SUM, 3, false, upper, lower, bytes, rows); break;
      case 49: plane(op, SUM, 4, false, upper, lower, bytes, rows); break;
      default:
        unreachable();
    }
    at += offsetof<PlaneOp>() + <usize>(op.code % 5) * TERM;
  }
}

/** `kind`, `inputs` and `based` are constants wherever this is called: what they rule out is not compiled. */
@inline
function plane(
  op: PlaneOp, kind: i32, inputs: i32, based: bool, upper: i32, lower: i32, bytes: usize, rows: i32,
): void {
  const k0 = constant(kind == SUM ? LINEAR : kind, 0);
  const k1 = constant(kind == SUM ? LINEAR : kind, 1);
  const k2 = constant(kind == SUM ? LINEAR : kind, 2);
  const k3 = constant(kind == SUM ? LINEAR : kind, 3);
  const k4 = constant(kind == SUM ? LINEAR : kind, 4);
  const k5 = constant(kind == SUM ? LINEAR : kind, 5);
  const k6 = constant(kind == SUM ? LINEAR : kind, 6);
  const k7 = constant(kind == SUM ? LINEAR : kind, 7);
  const k8 = constant(kind == SUM ? LINEAR : kind, 8);
  const k9 = constant(kind == SUM ? LINEAR : kind, 9);
  const terms = changetype<usize>(op) + offsetof<PlaneOp>();
  let weight0 = f32x4.splat(0);
  let source0: usize = 0;
  if (inputs > 0) {
    weight0 = v128.load32_splat(terms);
    source0 = changetype<PlaneTerm>(terms).source;
  }
  let weight1 = f32x4.splat(0);
  let source1: usize = 0;
  if (inputs > 1) {
    weight1 = v128.load32_splat(terms + TERM);
    source1 = changetype<PlaneTerm>(terms + TERM).source;
  }
  let weight2 = f32x4.splat(0);
  let source2: usize = 0;
  if (inputs > 2) {
    weight2 = v128.load32_splat(terms + 2 * TERM);
    source2 = changetype<PlaneTerm>(terms + 2 * TERM).source;
  }
  let weight3 = f32x4.splat(0);
  let source3: usize = 0;
  if (inputs > 3) {
    weight3 = v128.load32_splat(terms + 3 * TERM);
    source3 = changetype<PlaneTerm>(terms + 3 * TERM).source;
  }
  let base = op.base;
  let target = op.target;
  let row = upper;
  for (let left = min(rows, op.rows); left > 0; left--) {
    const part = v128.load32_splat(op.rowPart + (<usize>row << 2));
    for (let j: usize = 0; j < bytes; j += 16) {
      let p = part;
      if (based) p = f32x4.add(p, v128.load(base + j));
      if (inputs > 0) p = f32x4.add(p, f32x4.mul(weight0, v128.load(source0 + j)));
      if (inputs > 1) p = f32x4.add(p, f32x4.mul(weight1, v128.load(source1 + j)));
      if (inputs > 2) p = f32x4.add(p, f32x4.mul(weight2, v128.load(source2 + j)));
      if (inputs > 3) p = f32x4.add(p, f32x4.mul(weight3, v128.load(source3 + j)));
      if (kind != SUM) p = activate(kind, p, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9);
      v128.store(target + j, p);
    }
    row = lower;
    base += op.baseStride;
    target += bytes;
    if (inputs > 0) source0 += changetype<PlaneTerm>(terms).stride;
    if (inputs > 1) source1 += changetype<PlaneTerm>(terms + TERM).stride;
    if (inputs > 2) source2 += changetype<PlaneTerm>(terms + 2 * TERM).stride;
    if (inputs > 3) source3 += changetype<PlaneTerm>(terms + 3 * TERM).stride;
  }
}
