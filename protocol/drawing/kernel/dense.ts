// A fully connected CPPN of fixed shape, sixteen pixels of a row at a time, layer by layer.
//
// Its time is multiplications and additions: a weight for every pair of units in neighbouring layers, for every pixel. So
// two units at a time are summed up for sixteen pixels, in eight vectors that stay in registers: six loads for sixteen
// operations. Activations follow in a loop of their own over a quarter of a layer, with their constants in registers.
//
// A unit's sum is, in single precision and in this order: bias + wy·y, + wx·x, + wr·r, + w·v for each unit v of the layer
// before. Weights come scaled, as activation.ts has it.

import { constant, GAUSSIAN, logistic, SIGMOID, SINE, activate } from './activation';
import { toBytes } from './bytes';
import { finishRow, Target } from './finish';

@unmanaged
class DensePicture {
  /** At least 4; see Picture. */
  width: i32;
  height: i32;
  /** Outputs: 1 or 3. */
  outputs: i32;
  /** Hidden layers, and units of each. */
  layers: i32;
  units: i32;
  /** Of two units at a time, one after the other and all outputs last: wx, wr, then those of the layer before, of both. */
  weights: usize;
  /** The bias and wy of every unit, a float each; a multiple of 4 of them may be read. */
  biases: usize;
  ofY: usize;
  /** Room for a float a unit: bias + wy·y. */
  bases: usize;
  /** A float for every column, a multiple of sixteen of them, and one for every row. */
  x: usize;
  y: usize;
  /** Room for 2 + units values of sixteen pixels each, twice: x, r and what a layer gives. */
  block0: usize;
  block1: usize;
  /** Room for four rows of colours, each as many floats as `x` has, and from one to the next, bytes. */
  rows: usize;
  rowStride: i32;
  finish: i32;
  bytes: usize;
  rowBytes: i32;
}

/** Bytes of a value of sixteen pixels. */
const BLOCK = 64;

export function drawDense(picture: usize, target: usize): void {
  const p = changetype<DensePicture>(picture);
  const t = changetype<Target>(target);
  const hidden = p.layers * p.units;
  for (let row = 0; row < p.height; row++) {
    const y = load<f32>(p.y + (<usize>row << 2));
    startUnits(p.biases, p.ofY, p.bases, hidden + p.outputs, y);
    for (let at: usize = 0; at < <usize>p.rowStride; at += BLOCK) {
      startBlock(p, at, f32x4.splat(y));
      drawBlock(p, at, hidden);
    }
    colourRows(p.rows, <usize>p.rowStride * p.outputs);
    finishRow(p.finish, p.rows, p.rows + p.rowStride, p.rows + 2 * p.rowStride, p.width, row, t);
    if (p.bytes != 0) toBytes(t.red, p.bytes + row * p.rowBytes, p.rowBytes);
  }
}

/** What all pixels of a row have in common: of each unit bias + wy·y. */
export function startUnits(biases: usize, ofY: usize, bases: usize, count: i32, y: f32): void {
  const all = f32x4.splat(y);
  for (let j: usize = 0; j < <usize>count << 2; j += 16) {
    v128.store(bases + j, f32x4.add(v128.load(biases + j), f32x4.mul(v128.load(ofY + j), all)));
  }
}

/** x and r of sixteen pixels. */
function startBlock(p: DensePicture, at: usize, y: v128): void {
  const squareY = f32x4.mul(y, y);
  for (let j: usize = 0; j < <usize>BLOCK; j += 16) {
    const x = v128.load(p.x + at + j);
    const r = f32x4.sqrt(f32x4.add(f32x4.mul(x, x), squareY));
    v128.store(p.block0 + j, x);
    v128.store(p.block1 + j, x);
    v128.store(p.block0 + j, r, BLOCK);
    v128.store(p.block1 + j, r, BLOCK);
  }
}

function drawBlock(p: DensePicture, at: usize, hidden: i32): void {
  const quarter = <usize>p.units * (BLOCK / 4);
  let weights = p.weights;
  let bases = p.bases;
  let from = p.block0;
  let to = p.block1;
  let inputs = 2;
  for (let layer = 0; layer < p.layers; layer++) {
    const sums = to + 2 * BLOCK;
    weights = sumUp(weights, bases, from, inputs, sums, BLOCK, p.units);
    activateAll(SINE, sums, sums + quarter);
    activateAll(GAUSSIAN, sums + quarter, sums + 2 * quarter);
    activateAll(SIGMOID, sums + 2 * quarter, sums + 3 * quarter);
    activateAll(SINE, sums + 3 * quarter, sums + 4 * quarter);
    bases += <usize>p.units << 2;
    inputs = 2 + p.units;
    const other = from;
    from = to;
    to = other;
  }
  sumUp(weights, bases, from, inputs, p.rows + at, p.rowStride, p.outputs);
}

/**
 * The sums of `units` units, `stride` bytes apart from `to` on; one more is written where their number is odd. Returns
 * where the weights end.
 */
export function sumUp(weights: usize, bases: usize, from: usize, inputs: i32, to: usize, stride: i32, units: i32): usize {
  for (let unit = 0; unit < units; unit += 2) {
    let a0 = v128.load32_splat(bases);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = v128.load32_splat(bases, 4);
    let b1 = b0;
    let b2 = b0;
    let b3 = b0;
    const end = weights + (<usize>inputs << 3);
    let input = from;
    for (; weights < end; weights += 8) {
      const v0 = v128.load(input);
      const v1 = v128.load(input, 16);
      const v2 = v128.load(input, 32);
      const v3 = v128.load(input, 48);
      const a = v128.load32_splat(weights);
      a0 = f32x4.add(a0, f32x4.mul(a, v0));
      a1 = f32x4.add(a1, f32x4.mul(a, v1));
      a2 = f32x4.add(a2, f32x4.mul(a, v2));
      a3 = f32x4.add(a3, f32x4.mul(a, v3));
      const b = v128.load32_splat(weights, 4);
      b0 = f32x4.add(b0, f32x4.mul(b, v0));
      b1 = f32x4.add(b1, f32x4.mul(b, v1));
      b2 = f32x4.add(b2, f32x4.mul(b, v2));
      b3 = f32x4.add(b3, f32x4.mul(b, v3));
      input += BLOCK;
    }
    v128.store(to, a0);
    v128.store(to, a1, 16);
    v128.store(to, a2, 32);
    v128.store(to, a3, 48);
    to += stride;
    v128.store(to, b0);
    v128.store(to, b1, 16);
    v128.store(to, b2, 32);
    v128.store(to, b3, 48);
    to += stride;
    bases += 8;
  }
  return weights;
}

/** Turns sums into values, in place. `kind` is a constant wherever this is called. */
@inline
function activateAll(kind: i32, at: usize, end: usize): void {
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
  for (; at < end; at += 16) {
    v128.store(at, activate(kind, v128.load(at), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9));
  }
}

/** Sums of outputs → bytes as floats: the nearest whole number to 255/(1+e^−p), the even one of two. */
function colourRows(at: usize, size: usize): void {
  const k0 = constant(SIGMOID, 0);
  const k1 = constant(SIGMOID, 1);
  const k2 = constant(SIGMOID, 2);
  const k3 = constant(SIGMOID, 3);
  const k4 = constant(SIGMOID, 4);
  const k5 = constant(SIGMOID, 5);
  const k6 = constant(SIGMOID, 6);
  const k7 = constant(SIGMOID, 7);
  const k8 = constant(SIGMOID, 8);
  const full = f32x4.splat(255);
  for (const end = at + size; at < end; at += 16) {
    const value = logistic(v128.load(at), k0, k1, k2, k3, k4, k5, k6, k7, k8);
    v128.store(at, f32x4.nearest(f32x4.mul(full, value)));
  }
}
