// From the gradient by the bytes of what dense.ts draws to the gradient by the weights: reverse mode, sixteen pixels of a row
// at a time. A block is drawn again, with the values and slopes of every layer kept; then each layer, the outputs first, adds
// to the sums of its weights and passes the gradient on to the units before it.
//
// That is three multiplications and additions for one of the drawing. Sums over pixels are single precision, four lanes
// each, for up to ROWS rows; totals are double precision. All is added in a fixed order, so the bits are the same everywhere.

import { activate, constant, GAUSSIAN, logistic, SIGMOID, SINE } from './activation';
import { startUnits, sumUp } from './dense';

@unmanaged
class DensePull {
  height: i32;
  /** Outputs (1 or 3), hidden layers, and units of each. */
  outputs: i32;
  layers: i32;
  units: i32;
  /** As dense.ts has them. */
  weights: usize;
  biases: usize;
  ofY: usize;
  bases: usize;
  x: usize;
  y: usize;
  /**
   * Weights as the genome has them, from the outputs' layer to the second: of two units of the layer before at a time,
   * those of every unit of the layer, of both.
   */
  back: usize;
  /** Of sixteen pixels each: 2 + units values for every layer, what the layer sees; and a slope for every hidden unit. */
  values: usize;
  slopes: usize;
  /** Room for units + 1 gradients of sixteen pixels, twice; and at least 4 each. */
  gradient0: usize;
  gradient1: usize;
  /** A zero for every unit of a layer. */
  zeros: usize;
  /** The gradient by bytes: planes of rows as long as `x`, in bytes; what lies beyond the picture is 0. */
  slope: usize;
  rowStride: i32;
  planeStride: i32;
  /** Sums of sixteen bytes: of wx, wr and the weights of values, packed as `weights`; and of each unit, a layer even. */
  sums: usize;
  unitSums: usize;
  sumCount: i32;
  unitSumCount: i32;
  /** Two doubles for every sum of weights; then for every sum of a unit, by its bias and by wy. To be added up. */
  totals: usize;
}

/** Bytes of a value of sixteen pixels. */
const BLOCK = 64;

/** Rows whose sums stay in single precision. */
const ROWS = 8;

/** Adds to the totals. */
export function pullDense(pull: usize): void {
  const p = changetype<DensePull>(pull);
  const unitTotals = p.totals + (<usize>p.sumCount << 4);
  memory.fill(p.sums, 0, <usize>p.sumCount << 4);
  memory.fill(p.totals, 0, (<usize>p.sumCount + 2 * <usize>p.unitSumCount) << 4);
  for (let row = 0; row < p.height; row++) {
    const y = load<f32>(p.y + (<usize>row << 2));
    startUnits(p.biases, p.ofY, p.bases, p.layers * p.units + p.outputs, y);
    memory.fill(p.unitSums, 0, <usize>p.unitSumCount << 4);
    const slope = p.slope + <usize>row * p.rowStride;
    for (let at: usize = 0; at < <usize>p.rowStride; at += BLOCK) pullBlock(p, at, f32x4.splat(y), slope + at);
    addUnits(p, unitTotals, <f64>y);
    if (row % ROWS == ROWS - 1 || row == p.height - 1) addSums(p.sums, p.totals, p.sumCount);
  }
}

/** Takes the sums of a row's units: by the bias, and by wy, y times as much. */
function addUnits(p: DensePull, totals: usize, y: f64): void {
  const factor = f64x2.splat(y);
  let at = p.unitSums;
  for (const end = at + (<usize>p.unitSumCount << 4); at < end; at += 16) {
    const sum = doubled(v128.load(at));
    v128.store(totals, f64x2.add(v128.load(totals), sum));
    v128.store(totals, f64x2.add(v128.load(totals, 16), f64x2.mul(factor, sum)), 16);
    totals += 32;
  }
}

/** Takes the sums of weights, and begins them anew. */
function addSums(at: usize, totals: usize, count: i32): void {
  const zero = f32x4.splat(0);
  for (const end = at + (<usize>count << 4); at < end; at += 16) {
    v128.store(totals, f64x2.add(v128.load(totals), doubled(v128.load(at))));
    v128.store(at, zero);
    totals += 16;
  }
}

/** Four lanes of single precision as two sums of double precision. */
@inline
function doubled(four: v128): v128 {
  return f64x2.add(
    f64x2.promote_low_f32x4(four),
    f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 2, 3)),
  );
}

function pullBlock(p: DensePull, at: usize, y: v128, slope: usize): void {
  const units = <usize>p.units;
  const seen = <usize>BLOCK * (2 + units);
  startValues(p, at, y, seen);
  let weights = p.weights;
  let bases = p.bases;
  let from = p.values;
  let inputs = 2;
  for (let layer = 0; layer < p.layers; layer++) {
    const to = from + seen + 2 * BLOCK;
    weights = sumUp(weights, bases, from, inputs, to, BLOCK, p.units);
    activateLayer(to, p.slopes + <usize>layer * units * BLOCK, units * (BLOCK / 4));
    bases += units << 2;
    inputs = 2 + p.units;
    from += seen;
  }
  sumUp(weights, bases, from, inputs, p.gradient0, BLOCK, p.outputs);
  startGradient(p, slope);
  pullLayers(p, seen, from);
}

/** x and r of sixteen pixels, which every layer sees. */
function startValues(p: DensePull, at: usize, y: v128, seen: usize): void {
  const squareY = f32x4.mul(y, y);
  for (let j: usize = 0; j < <usize>BLOCK; j += 16) {
    const x = v128.load(p.x + at + j);
    const r = f32x4.sqrt(f32x4.add(f32x4.mul(x, x), squareY));
    for (let layer = 0; layer <= p.layers; layer++) {
      const values = p.values + <usize>layer * seen + j;
      v128.store(values, x);
      v128.store(values, r, BLOCK);
    }
  }
}

/** Turns the outputs' sums into gradients by them: byte = 255/(1+e^−z). */
function startGradient(p: DensePull, slope: usize): void {
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
  let at = p.gradient0;
  for (let output = 0; output < p.outputs; output++) {
    for (let j: usize = 0; j < <usize>BLOCK; j += 16) {
      const value = logistic(v128.load(at), k0, k1, k2, k3, k4, k5, k6, k7, k8);
      const ofValue = f32x4.mul(full, v128.load(slope + j));
      v128.store(at, f32x4.mul(ofValue, f32x4.sub(value, f32x4.mul(value, value))));
      at += 16;
    }
    slope += p.planeStride;
  }
  // The unit that is not there.
  if ((p.outputs & 1) == 1) memory.fill(at, 0, BLOCK);
}

/** From the outputs to the first layer; `seen` bytes of values are what a layer sees, `values` those of the outputs. */
function pullLayers(p: DensePull, seen: usize, values: usize): void {
  const hidden = <usize>p.units * (2 + <usize>p.units);
  let back = p.back;
  let gradient = p.gradient0;
  let other = p.gradient1;
  let units = p.outputs;
  let sums = p.sums + ((<usize>p.units * 2 + <usize>(p.layers - 1) * hidden) << 4);
  let unitSums = p.unitSums + (<usize>(p.layers * p.units) << 4);
  for (let layer = p.layers; ; layer--) {
    addLayer(gradient, values, layer == 0 ? 2 : 2 + p.units, sums, unitSums, units);
    if (layer == 0) break;
    back = sumUp(back, p.zeros, gradient, units, other, BLOCK, p.units);
    scale(other, p.slopes + <usize>((layer - 1) * p.units) * BLOCK, p.units);
    const next = gradient;
    gradient = other;
    other = next;
    units = p.units;
    values -= seen;
    sums -= (layer > 1 ? hidden : <usize>p.units * 2) << 4;
    unitSums -= <usize>p.units << 4;
  }
}

/** Of each unit the gradient by its value → by its sum. */
function scale(gradient: usize, slopes: usize, units: i32): void {
  for (const end = gradient + <usize>units * BLOCK; gradient < end; gradient += 16) {
    v128.store(gradient, f32x4.mul(v128.load(gradient), v128.load(slopes)));
    slopes += 16;
  }
}

/**
 * Adds, for two units at a time, the products of their gradients with what they see to the sums of their weights, and the
 * gradients themselves to the sums of the units.
 */
function addLayer(gradient: usize, values: usize, inputs: i32, sums: usize, unitSums: usize, units: i32): void {
  for (let unit = 0; unit < units; unit += 2) {
    const a0 = v128.load(gradient);
    const a1 = v128.load(gradient, 16);
    const a2 = v128.load(gradient, 32);
    const a3 = v128.load(gradient, 48);
    const b0 = v128.load(gradient, 64);
    const b1 = v128.load(gradient, 80);
    const b2 = v128.load(gradient, 96);
    const b3 = v128.load(gradient, 112);
    v128.store(unitSums, f32x4.add(v128.load(unitSums), f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3))));
    v128.store(unitSums, f32x4.add(v128.load(unitSums, 16), f32x4.add(f32x4.add(b0, b1), f32x4.add(b2, b3))), 16);
    unitSums += 32;
    gradient += 2 * BLOCK;
    let input = values;
    for (const end = values + <usize>inputs * BLOCK; input < end; input += BLOCK) {
      const v0 = v128.load(input);
      const v1 = v128.load(input, 16);
      const v2 = v128.load(input, 32);
      const v3 = v128.load(input, 48);
      let a = f32x4.add(v128.load(sums), f32x4.mul(a0, v0));
      a = f32x4.add(a, f32x4.mul(a1, v1));
      a = f32x4.add(a, f32x4.mul(a2, v2));
      a = f32x4.add(a, f32x4.mul(a3, v3));
      v128.store(sums, a);
      let b = f32x4.add(v128.load(sums, 16), f32x4.mul(b0, v0));
      b = f32x4.add(b, f32x4.mul(b1, v1));
      b = f32x4.add(b, f32x4.mul(b2, v2));
      b = f32x4.add(b, f32x4.mul(b3, v3));
      v128.store(sums, b, 16);
      sums += 32;
    }
  }
}

/** Turns sums of a layer into values, in place, and gives the slopes of the values by the unscaled sums. */
function activateLayer(at: usize, slopes: usize, quarter: usize): void {
  activateSine(at, at + quarter, slopes);
  activateGaussian(at + quarter, at + 2 * quarter, slopes + quarter);
  activateTanh(at + 2 * quarter, at + 3 * quarter, slopes + 2 * quarter);
  activateSine(at + 3 * quarter, at + 4 * quarter, slopes + 3 * quarter);
}

/** sin(π·h) and cos(π·h): the sine half a half-turn on. */
function activateSine(at: usize, end: usize, slopes: usize): void {
  const k0 = constant(SINE, 0);
  const k1 = constant(SINE, 1);
  const k2 = constant(SINE, 2);
  const k3 = constant(SINE, 3);
  const k4 = constant(SINE, 4);
  const k5 = constant(SINE, 5);
  const half = f32x4.splat(0.5);
  for (; at < end; at += 16) {
    const h = v128.load(at);
    v128.store(at, activate(SINE, h, k0, k1, k2, k3, k4, k5, k0, k0, k0, k0));
    v128.store(slopes, activate(SINE, f32x4.add(h, half), k0, k1, k2, k3, k4, k5, k0, k0, k0, k0));
    slopes += 16;
  }
}

/** v = e^(−z²) of q = z·√log2 e, and −2z·v. */
function activateGaussian(at: usize, end: usize, slopes: usize): void {
  const k0 = constant(GAUSSIAN, 0);
  const k1 = constant(GAUSSIAN, 1);
  const k2 = constant(GAUSSIAN, 2);
  const k3 = constant(GAUSSIAN, 3);
  const k4 = constant(GAUSSIAN, 4);
  const k5 = constant(GAUSSIAN, 5);
  const k6 = constant(GAUSSIAN, 6);
  const k7 = constant(GAUSSIAN, 7);
  // −2 / √log2 e.
  const factor = f32x4.splat(-1.6651092223153954);
  for (; at < end; at += 16) {
    const q = v128.load(at);
    const value = activate(GAUSSIAN, q, k0, k1, k2, k3, k4, k5, k6, k7, k0, k0);
    v128.store(at, value);
    v128.store(slopes, f32x4.mul(f32x4.mul(factor, q), value));
    slopes += 16;
  }
}

/** v = tanh z, and 1 − v². */
function activateTanh(at: usize, end: usize, slopes: usize): void {
  const k0 = constant(SIGMOID, 0);
  const k1 = constant(SIGMOID, 1);
  const k2 = constant(SIGMOID, 2);
  const k3 = constant(SIGMOID, 3);
  const k4 = constant(SIGMOID, 4);
  const k5 = constant(SIGMOID, 5);
  const k6 = constant(SIGMOID, 6);
  const k7 = constant(SIGMOID, 7);
  const k8 = constant(SIGMOID, 8);
  const k9 = constant(SIGMOID, 9);
  for (; at < end; at += 16) {
    const value = activate(SIGMOID, v128.load(at), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9);
    v128.store(at, value);
    v128.store(slopes, f32x4.sub(k6, f32x4.mul(value, value)));
    slopes += 16;
  }
}
