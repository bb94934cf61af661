// What depends on both x and y (or on d): evaluated pixel by pixel, four at a time.
//
// One loop for every activation and number of inputs, so that a node is: load, multiply and add its inputs in
// registers, activate, store once. An interpreter with an operation a multiplication stores and reloads every sum.

import { activate, GAUSSIAN, LINEAR, SIGMOID, SINE } from './activation';

/** One plane operation; a node of more than four plane inputs is a chain of them. */
@unmanaged
class PlaneOp {
  /** activation · 5 + inputs (0 … 4), or {@link SUM} + inputs for a sum left unactivated. */
  code: i32;
  /** Floats a row that the sum starts with: the column part, or the sum so far. */
  base: usize;
  /** From a row's base to the next row's: 0 for a column part. */
  baseStride: i32;
  /** A float for every row of the picture: the row part. */
  rowPart: usize;
  target: usize;
  /** Rows of a pair to evaluate: 1 where the node depends on d alone and both rows are the same, else 2. */
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

const SUM = 4;
const TERM = offsetof<PlaneTerm>();

/** The first row's and the second row's index, the bytes of a row, and how many rows there are (1 in the middle). */
export function runPlane(at: usize, count: i32, upper: i32, lower: i32, bytes: usize, rows: i32): void {
  for (let i = 0; i < count; i++) {
    const op = changetype<PlaneOp>(at);
    switch (op.code) {
      case 0: {
        plane(op, SINE, 0, upper, lower, bytes, rows);
        break;
      }
      case 1: {
        plane(op, SINE, 1, upper, lower, bytes, rows);
        break;
      }
      case 2: {
        plane(op, SINE, 2, upper, lower, bytes, rows);
        break;
      }
      case 3: {
        plane(op, SINE, 3, upper, lower, bytes, rows);
        break;
      }
      case 4: {
        plane(op, SINE, 4, upper, lower, bytes, rows);
        break;
      }
      case 5: {
        plane(op, SIGMOID, 0, upper, lower, bytes, rows);
        break;
      }
      case 6: {
        plane(op, SIGMOID, 1, upper, lower, bytes, rows);
        break;
      }
      case 7: {
        plane(op, SIGMOID, 2, upper, lower, bytes, rows);
        break;
      }
      case 8: {
        plane(op, SIGMOID, 3, upper, lower, bytes, rows);
        break;
      }
      case 9: {
        plane(op, SIGMOID, 4, upper, lower, bytes, rows);
        break;
      }
      case 10: {
        plane(op, GAUSSIAN, 0, upper, lower, bytes, rows);
        break;
      }
      case 11: {
        plane(op, GAUSSIAN, 1, upper, lower, bytes, rows);
        break;
      }
      case 12: {
        plane(op, GAUSSIAN, 2, upper, lower, bytes, rows);
        break;
      }
      case 13: {
        plane(op, GAUSSIAN, 3, upper, lower, bytes, rows);
        break;
      }
      case 14: {
        plane(op, GAUSSIAN, 4, upper, lower, bytes, rows);
        break;
      }
      case 15: {
        plane(op, LINEAR, 0, upper, lower, bytes, rows);
        break;
      }
      case 16: {
        plane(op, LINEAR, 1, upper, lower, bytes, rows);
        break;
      }
      case 17: {
        plane(op, LINEAR, 2, upper, lower, bytes, rows);
        break;
      }
      case 18: {
        plane(op, LINEAR, 3, upper, lower, bytes, rows);
        break;
      }
      case 19: {
        plane(op, LINEAR, 4, upper, lower, bytes, rows);
        break;
      }
      case 20: {
        plane(op, SUM, 0, upper, lower, bytes, rows);
        break;
      }
      case 21: {
        plane(op, SUM, 1, upper, lower, bytes, rows);
        break;
      }
      case 22: {
        plane(op, SUM, 2, upper, lower, bytes, rows);
        break;
      }
      case 23: {
        plane(op, SUM, 3, upper, lower, bytes, rows);
        break;
      }
      case 24: {
        plane(op, SUM, 4, upper, lower, bytes, rows);
        break;
      }
      default:
        unreachable();
    }
    at += offsetof<PlaneOp>() + <usize>(op.code % 5) * TERM;
  }
}

// @ts-ignore: decorator
@inline
function plane(op: PlaneOp, kind: i32, inputs: i32, upper: i32, lower: i32, bytes: usize, rows: i32): void {
  const terms = changetype<usize>(op) + offsetof<PlaneOp>();
  let base = op.base;
  let target = op.target;
  let row = upper;
  let source0: usize = 0;
  let source1: usize = 0;
  let source2: usize = 0;
  let source3: usize = 0;
  let weight0 = f32x4.splat(0);
  let weight1 = f32x4.splat(0);
  let weight2 = f32x4.splat(0);
  let weight3 = f32x4.splat(0);
  if (inputs > 0) {
    source0 = changetype<PlaneTerm>(terms).source;
    weight0 = v128.load32_splat(terms);
  }
  if (inputs > 1) {
    source1 = changetype<PlaneTerm>(terms + TERM).source;
    weight1 = v128.load32_splat(terms + TERM);
  }
  if (inputs > 2) {
    source2 = changetype<PlaneTerm>(terms + 2 * TERM).source;
    weight2 = v128.load32_splat(terms + 2 * TERM);
  }
  if (inputs > 3) {
    source3 = changetype<PlaneTerm>(terms + 3 * TERM).source;
    weight3 = v128.load32_splat(terms + 3 * TERM);
  }
  for (let left = min(rows, op.rows); left > 0; left--) {
    const part = v128.load32_splat(op.rowPart + (row << 2));
    for (let j: usize = 0; j < bytes; j += 16) {
      let p = f32x4.add(v128.load(base + j), part);
      if (inputs > 0) p = f32x4.add(p, f32x4.mul(weight0, v128.load(source0 + j)));
      if (inputs > 1) p = f32x4.add(p, f32x4.mul(weight1, v128.load(source1 + j)));
      if (inputs > 2) p = f32x4.add(p, f32x4.mul(weight2, v128.load(source2 + j)));
      if (inputs > 3) p = f32x4.add(p, f32x4.mul(weight3, v128.load(source3 + j)));
      if (kind != SUM) p = activate(kind, p);
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
