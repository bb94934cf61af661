import type { PullBack, PullBackParts } from '../../drawing/painting/pull-back.js';
import { NARROWEST } from '../../drawing/painting/target.js';
import { numberOf } from '../operators/half.js';
import { type DenseGenome, type DenseShape, INPUTS, layersOf, weightCount } from './genome.js';
import { BLOCK, coordinates, type DenseKernel } from './painting.js';
import { packWeights } from './weights.js';

/** Words of what is pulled back, as kernel/dense-pull.ts reads it. */
const PULL_WORDS = 24;

/** Bytes of a value of a block of pixels, and of a sum's four lanes or two totals. */
const VALUE = BLOCK * 4;
const LANES = 16;

const [X, Y, R, BIAS] = [0, 1, 2, 3];

/** Takes gradients by what dense genomes draw back to their weights. */
export function createDensePullBack({
  arena,
  kernel,
  width,
  height,
}: PullBackParts<DenseKernel>): PullBack<DenseGenome> {
  const columns = Math.ceil(Math.max(NARROWEST, width) / BLOCK) * BLOCK;
  const pullAt = arena.take(PULL_WORDS * 4);
  const xAt = arena.take(columns * 4);
  const yAt = arena.take(height * 4);
  arena.f32.set(coordinates(columns, width), xAt / 4);
  arena.f32.set(coordinates(height, height), yAt / 4);

  /** Lays planes of the picture's size into rows that are whole blocks. */
  function takeSlope(slope: Float32Array, channels: number): number {
    const length = channels * height * columns;
    const slopeAt = arena.take(length * 4);
    const { f32 } = arena;
    f32.fill(0, slopeAt / 4, slopeAt / 4 + length);
    for (let row = 0; row < channels * height; row++) {
      f32.set(slope.subarray(row * width, (row + 1) * width), slopeAt / 4 + row * columns);
    }
    return slopeAt;
  }

  function takeZeros(count: number): number {
    const at = arena.take(count * 4);
    arena.f32.fill(0, at / 4, at / 4 + count);
    return at;
  }

  return {
    pull(genome, slope) {
      const mark = arena.mark();
      const { channels, layers, width: units } = genome;
      const packed = packWeights(genome, arena);
      const back = arena.take(genome.weights.length * 4);
      const { sums, unitSums } = sumsOf(genome);
      const sumsAt = arena.take(sums * LANES);
      const unitSumsAt = arena.take(unitSums * LANES);
      const totalsAt = arena.take((sums + 2 * unitSums) * LANES);
      const valuesAt = arena.take((layers + 1) * (2 + units) * VALUE);
      const slopesAt = arena.take(layers * units * VALUE);
      const gradientBytes = Math.max(NARROWEST, units + 1) * VALUE;
      const [gradient0, gradient1] = [arena.take(gradientBytes), arena.take(gradientBytes)];
      const zerosAt = takeZeros(units);
      const slopeAt = takeSlope(slope, channels);
      // The memory's view is fetched after the last take: the memory may have grown.
      arena.i32.set(
        [
          height,
          channels,
          layers,
          units,
          packed.weights,
          packed.biases,
          packed.ofY,
          packed.bases,
          xAt,
          yAt,
          back,
          valuesAt,
          slopesAt,
          gradient0,
          gradient1,
          zerosAt,
          slopeAt,
          columns * 4,
          height * columns * 4,
          sumsAt,
          unitSumsAt,
          sums,
          unitSums,
          totalsAt,
        ],
        pullAt / 4,
      );
      packBack(genome, arena.f32.subarray(back / 4));
      kernel.pullDense(pullAt);
      const gradient = gradientOf(genome, arena.f64.subarray(totalsAt / 8), sums);
      arena.release(mark);
      return gradient;
    },
  };
}

/** Numbers of sums over pixels: of weights that are no biases and no wy, and of units; the outputs are an even number of units. */
function sumsOf(shape: DenseShape): { readonly sums: number; readonly unitSums: number } {
  let [sums, unitSums] = [0, 0];
  for (const { units, fanIn } of layersOf(shape)) {
    const even = units + (units % 2);
    sums += even * (fanIn - 2);
    unitSums += even;
  }
  return { sums, unitSums };
}

/** The weights of values of every layer but the first, the last layer first, for two units of the layer before at a time. */
function packBack({ weights, ...shape }: DenseGenome, back: Float32Array): void {
  let at = 0;
  for (const { units, fanIn, first } of layersOf(shape).slice(1).reverse()) {
    for (let before = INPUTS.length; before < fanIn; before += 2) {
      for (let u = 0; u < units; u++) {
        const weight = first + u * fanIn + before;
        back[at++] = numberOf(weights[weight] as number);
        back[at++] = numberOf(weights[weight + 1] as number);
      }
    }
  }
}

/** The gradient in the order of the weights, from totals of two doubles each: of weights, as they are packed, then of units. */
function gradientOf(shape: DenseShape, totals: Float64Array, sums: number): Float32Array {
  const gradient = new Float32Array(weightCount(shape));
  const total = (i: number) => (totals[2 * i] as number) + (totals[2 * i + 1] as number);
  let [pair, unit] = [0, sums];
  for (const { units, fanIn, first } of layersOf(shape)) {
    for (let u = 0; u < units; u++, unit += 2) {
      const at = first + u * fanIn;
      const mine = pair + (u % 2);
      gradient[at + BIAS] = total(unit);
      gradient[at + Y] = total(unit + 1);
      gradient[at + X] = total(mine);
      gradient[at + R] = total(mine + 2);
      for (let k = INPUTS.length; k < fanIn; k++) gradient[at + k] = total(mine + 2 * (k - 2));
      if (u % 2 === 1) pair += 2 * (fanIn - 2);
    }
  }
  return gradient;
}
