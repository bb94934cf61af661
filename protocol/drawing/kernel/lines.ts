// What depends on x alone, on y alone or on neither: evaluated along one line (W or H values) instead of over the plane.
//
// Sums are double precision here. It costs nothing at this size, and raw pixel inputs need it: sin(10·255) in single
// precision has lost four of its seven digits. A plane node adds a column's and a row's part, which sine reduces to
// ±1 half-turn first, so that the plane's single precision is spent on what shows.

import { activate, constant, GAUSSIAN, LINEAR, SIGMOID, SINE } from './activation';

/** One line operation: a header, then `terms` terms. */
@unmanaged
class LineOp {
  /** 0 … 3: an activation, result in doubles. {@link PART}, {@link PART_OF_SINE}: the bare sum, result in floats. */
  code: i32;
  /** Values, a multiple of 4. */
  length: i32;
  target: usize;
  terms: i32;
}

@unmanaged
class LineTerm {
  weight: f64;
  source: usize;
  /** 16 along a line; 0 for a constant, which is stored as one pair. */
  stride: i32;
}

const PART = 4;
const PART_OF_SINE = 5;

/** Runs `count` line operations that lie one after the other from `at` on. */
export function runLines(at: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const op = changetype<LineOp>(at);
    switch (op.code) {
      case SINE: line(op, SINE); break;
      case SIGMOID: line(op, SIGMOID); break;
      case GAUSSIAN: line(op, GAUSSIAN); break;
      case LINEAR: line(op, LINEAR); break;
      case PART: line(op, PART); break;
      default: line(op, PART_OF_SINE);
    }
    at += offsetof<LineOp>() + <usize>op.terms * offsetof<LineTerm>();
  }
}

@inline
function line(op: LineOp, code: i32): void {
  const kind = code < PART ? code : LINEAR;
  const k0 = constant(kind, 0);
  const k1 = constant(kind, 1);
  const k2 = constant(kind, 2);
  const k3 = constant(kind, 3);
  const k4 = constant(kind, 4);
  const k5 = constant(kind, 5);
  const k6 = constant(kind, 6);
  const k7 = constant(kind, 7);
  const k8 = constant(kind, 8);
  const k9 = constant(kind, 9);
  const first = changetype<usize>(op) + offsetof<LineOp>();
  const end = first + <usize>op.terms * offsetof<LineTerm>();
  const length = op.length;
  let target = op.target;
  for (let i = 0; i < length; i += 4) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let at = first; at < end; at += offsetof<LineTerm>()) {
      const term = changetype<LineTerm>(at);
      const weight = v128.load64_splat(at, offsetof<LineTerm>('weight'));
      const source = term.source + ((i * term.stride) >> 1);
      low = f64x2.add(low, f64x2.mul(weight, v128.load(source)));
      high = f64x2.add(high, f64x2.mul(weight, v128.load(source + term.stride)));
    }
    if (code == SINE || code == PART_OF_SINE) {
      low = withinATurn(low);
      high = withinATurn(high);
    }
    let value = v128.shuffle<f32>(
      f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5,
    );
    if (code == PART || code == PART_OF_SINE) {
      v128.store(target, value);
      target += 16;
    } else {
      value = activate(code, value, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9);
      v128.store(target, f64x2.promote_low_f32x4(value));
      v128.store(target, f64x2.promote_low_f32x4(v128.shuffle<f32>(value, value, 2, 3, 2, 3)), 16);
      target += 32;
    }
  }
}

/** Takes whole turns (2 half-turns) off. */
@inline
function withinATurn(h: v128): v128 {
  return f64x2.sub(h, f64x2.mul(f64x2.splat(2), f64x2.nearest(f64x2.mul(h, f64x2.splat(0.5)))));
}
