import { type ExpressedCppn, express } from '../../../protocol/encodings/cppn/express.js';
import type { CppnGenome } from '../../../protocol/encodings/cppn/genome.js';
import type { DirectGenome } from '../../../protocol/encodings/direct/genome.js';
import type { Encoding, Genome } from '../../../protocol/encodings/genome.js';
import { type Activations, KERNEL, roundEven, SCALES } from './arithmetic.js';
import { denseAt } from './dense-oracle.js';

/**
 * What a genome draws, said as plainly as possible: pixel by pixel, node by node. It defines the kernel's arithmetic:
 * `f` rounds to single precision, and what is not inside an `f` is double.
 */
const f = Math.fround;

const cache = new WeakMap<CppnGenome, ExpressedCppn>();
function expressed(genome: CppnGenome): ExpressedCppn {
  const known = cache.get(genome) ?? express(genome);
  cache.set(genome, known);
  return known;
}

/** A pixel's outputs. */
export function outputsAt(
  genome: CppnGenome,
  x: number,
  y: number,
  d: number,
  { of }: Activations,
): number[] {
  const { activations, start, sources, weights, outputs } = expressed(genome);
  const values = [x, y, d, 1];
  /** The inputs that a value depends on: '', 'x', 'y', 'd', 'xy', …; the bias is no one's. */
  const dependence = ['x', 'y', 'd', ''];
  activations.forEach((activation, i) => {
    const scale = SCALES[activation] as number;
    const terms = Array.from(weights.subarray(start[i], start[i + 1]), (weight, k) => {
      const source = sources[(start[i] as number) + k] as number;
      return { weight: weight * scale, value: values[source] as number, on: dependence[source] as string };
    });
    const on = ['x', 'y', 'd'].filter((name) => terms.some((term) => term.on.includes(name))).join('');
    // Along a line sums are double; a sine's argument is brought within one turn before it is rounded.
    const line = (...kinds: string[]) => {
      const sum = terms.reduce((s, t) => (kinds.includes(t.on) ? s + t.weight * t.value : s), 0);
      return f(activation === 0 ? sum - 2 * roundEven(sum / 2) : sum);
    };
    let sum: number;
    if (on === '' || on === 'x' || on === 'y') {
      sum = line('', 'x', 'y');
    } else {
      sum = f(line('x') + line('', 'y'));
      for (const { weight, value, on: from } of terms) {
        if (from !== '' && from !== 'x' && from !== 'y') sum = f(sum + f(f(weight) * value));
      }
    }
    values.push((of[activation] as (argument: number) => number)(sum));
    dependence.push(on);
  });
  return Array.from(outputs, (output) => values[output] as number);
}

/** Where sample i of n lies on a side of the canvas. */
export function coordinate(i: number, n: number, canvas: number): number {
  return ((2 * i + 1) * canvas - n) / (2 * n);
}

function centred(i: number, n: number, canvas: number): number {
  return canvas === 1 ? 0 : f(((2 * i + 1 - n) * canvas) / (n * (canvas - 1)));
}

/** The bytes of a pixel: one grey, hue, lightness and saturation, or of a dense genome red, green and blue. */
export function samplesAt(
  genome: Genome,
  column: number,
  row: number,
  width: number,
  height: number,
  activations: Activations = KERNEL,
): number[] {
  if (genome.encoding === 'direct') return directAt(genome, column, row, width, height);
  if (genome.encoding === 'dense') return denseAt(genome, column, row, width, height);
  const { canvas } = genome;
  const [nx, ny] = [centred(column, width, canvas), centred(row, height, canvas)];
  const d = f(Math.sqrt(f(f(nx * nx) + f(ny * ny))));
  const [x, y] = [coordinate(column, width, canvas), coordinate(row, height, canvas)];
  return outputsAt(genome, x, y, d, activations).map((value) => Math.trunc(f(255 * Math.abs(value))));
}

function directAt(genome: DirectGenome, column: number, row: number, width: number, height: number) {
  const cell = (i: number, n: number, cells: number) => Math.floor(((2 * i + 1) * cells) / (2 * n));
  const pixel = cell(row, height, genome.height) * genome.width + cell(column, width, genome.width);
  return Array.from({ length: genome.channels }, (_, c) =>
    Math.floor((genome.genes[pixel * genome.channels + c] as number) / 257),
  );
}

/** OpenCV's 8-bit HLS2RGB (hrange 180), in doubles. */
export function rgbOf(hue: number, lightness: number, saturation: number): [number, number, number] {
  const [l, s] = [lightness / 255, saturation / 255];
  const p2 = l <= 0.5 ? l * (1 + s) : l + s - l * s;
  const p1 = 2 * l - p2;
  const turned = (hue % 180) * (6 / 180);
  const sector = Math.floor(turned);
  const rest = turned - sector;
  const tab = [p2, p1, p1 + (p2 - p1) * (1 - rest), p1 + (p2 - p1) * rest];
  const [b, g, r] = (
    [
      [1, 3, 0],
      [1, 0, 2],
      [3, 0, 1],
      [0, 2, 1],
      [0, 1, 3],
      [2, 1, 0],
    ][sector] as number[]
  ).map((k) => Math.round((tab[k] as number) * 255)) as [number, number, number];
  return [r, g, b];
}

/** A pixel's bytes in the colours wanted. */
export function colourOf(
  samples: readonly number[],
  channels: 'RGB' | 'BGR' | 'grey',
  encoding: Encoding,
): number[] {
  const three = samples as [number, number, number];
  const [r, g, b] =
    samples.length === 1
      ? ([samples[0], samples[0], samples[0]] as [number, number, number])
      : encoding === 'dense'
        ? three
        : rgbOf(...three);
  if (channels === 'RGB') return [r, g, b];
  if (channels === 'BGR') return [b, g, r];
  return [samples.length === 1 ? r : (4899 * r + 9617 * g + 1868 * b + 8192) >> 14];
}
