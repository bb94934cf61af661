import { expect, it } from 'vitest';
import { EXACT, gaussian, KERNEL, linear, SCALES, sigmoid, sine } from './arithmetic.js';
import { anyCppn, streamOf } from './genomes.js';
import { outputsAt } from './oracle.js';

const f = Math.fround;
const random = streamOf('activation');

/** Sums p from 1e-7 to 1e6 in size, of both signs, and everything near 0. */
const sums = Array.from({ length: 200_000 }, (_, i) => {
  const size = i % 2 === 0 ? 20 * random.uniform() : 10 ** (13 * random.uniform() - 7);
  return random.chance(0.5) ? size : -size;
});

function largestError(of: (q: number) => number, exact: (p: number) => number, scale: number): number {
  let largest = 0;
  for (const p of sums) {
    const q = f(p * scale);
    largest = Math.max(largest, Math.abs(of(q) - exact(q / scale)));
  }
  return largest;
}

it('the polynomials are the functions of the paper, within 3e-7 at any sum up to a million', () => {
  const [half, octave, root, third] = SCALES as [number, number, number, number];
  expect(largestError(sine, Math.sin, half)).toBeLessThan(3e-7);
  expect(largestError(sigmoid, (p) => 2 / (1 + Math.exp(-p)) - 1, octave)).toBeLessThan(3e-7);
  expect(largestError(gaussian, (p) => Math.exp(-p * p), root)).toBeLessThan(3e-7);
  expect(largestError(linear, (p) => Math.max(-3, Math.min(3, p)) / 3, third)).toBeLessThan(3e-7);
});

it('no activation leaves −1 … 1 by more than rounding', () => {
  for (const [i, of] of KERNEL.of.entries()) {
    const beyond = sums.filter((p) => !(Math.abs(of(f(p * (SCALES[i] as number)))) < 1 + 3e-7));
    expect(beyond).toEqual([]);
  }
});

it('a shallow genome has the values of exact arithmetic', () => {
  for (let i = 0; i < 300; i++) {
    const genome = anyCppn(random, { canvas: 256, outputs: 3, hidden: 3, density: 2 });
    const [x, y, d] = [random.below(256), random.below(256), f(1.4 * random.uniform())];
    const exact = outputsAt(genome, x, y, d, EXACT);
    for (const [k, value] of outputsAt(genome, x, y, d, KERNEL).entries()) {
      expect(Math.abs(value - (exact[k] as number))).toBeLessThan(1 / 255);
    }
  }
});
