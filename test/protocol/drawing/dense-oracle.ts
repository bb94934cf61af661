import type { DenseGenome } from '../../../protocol/encodings/dense/genome.js';
import { gaussian, powerOfHalf, roundEven, SCALES, sine } from './arithmetic.js';

/** What a dense genome draws, said as plainly as possible: `f` rounds to single precision. */
const f = Math.fround;

/** The four activations of a scaled sum, with what a weight is multiplied by and what is added to the bias then. */
const [HALF_TURN, OCTAVE, ROOT] = SCALES as [number, number, number, number];
const HIDDEN = [
  { of: sine, scale: HALF_TURN, shift: 0 },
  { of: gaussian, scale: ROOT, shift: 0 },
  { of: (q: number) => f(f(2 / f(1 + octaves(q))) - 1), scale: 2 * OCTAVE, shift: 0 },
  { of: sine, scale: HALF_TURN, shift: 0.5 },
] as const;

const octaves = (q: number) => powerOfHalf(Math.max(-32, Math.min(32, q)));

/** The byte of an output's scaled sum. */
const byteOf = (q: number) => roundEven(f(255 * f(1 / f(1 + octaves(q)))));

/** The number that 16 bits are, as IEEE 754 says it of binary16. */
function halfFloat(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15, (bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? (fraction / 1024) * 2 ** -14 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return sign === 1 ? -size : size;
}

const read = new WeakMap<DenseGenome, Float64Array>();
function numbersOf(genome: DenseGenome): Float64Array {
  const known = read.get(genome) ?? Float64Array.from(genome.weights, halfFloat);
  read.set(genome, known);
  return known;
}

/** A pixel's one byte, or its red, green and blue. */
export function denseAt(
  genome: DenseGenome,
  column: number,
  row: number,
  width: number,
  height: number,
): number[] {
  const { channels, layers, width: units } = genome;
  const weights = numbersOf(genome);
  const x = f((2 * column + 1 - width) / width);
  const y = f((2 * row + 1 - height) / height);
  const r = f(Math.sqrt(f(f(x * x) + f(y * y))));
  let next = 0;
  const sum = (before: readonly number[], scale: number, shift: number) => {
    const scaled = (add = 0) => f((weights[next++] as number) * scale + add);
    const [ofX, ofY, ofR, bias] = [scaled(), scaled(), scaled(), scaled(shift)];
    let total = f(f(f(bias + f(ofY * y)) + f(ofX * x)) + f(ofR * r));
    for (const value of before) total = f(total + f(scaled() * value));
    return total;
  };
  let values: readonly number[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const before = values;
    values = Array.from({ length: units }, (_, unit) => {
      const { of, scale, shift } = HIDDEN[Math.floor((4 * unit) / units)] as (typeof HIDDEN)[number];
      return of(sum(before, scale, shift));
    });
  }
  return Array.from({ length: channels }, () => byteOf(sum(values, OCTAVE, 0)));
}
