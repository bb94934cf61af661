import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFloorTable } from '../../../../protocol/encodings/operators/floor-table.js';

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });

it('gives the whole part of the function itself, wherever its parabolas would err', () => {
  const exact = (word: number) => 65_536 * (1 - Math.sqrt(Math.sqrt(1 - word * 2 ** -32)));
  // The third derivative is 65,536 · 21/64 · x^(−11/4) · 2⁻⁹⁶, x ≥ 1/16; half a slice is 2²³ words.
  const table = createFloorTable({ exact, sliceBits: 8, slices: 240, error: 0.4 });
  let [parabolas, functions] = [0, 0];
  const counted = createFloorTable({
    exact(word) {
      functions++;
      return exact(word);
    },
    sliceBits: 8,
    slices: 240,
    error: 0.4,
  });
  functions = 0;
  fc.assert(
    fc.property(word, (word) => {
      expect(table(word)).toBe(Math.floor(exact(word)));
      counted(word);
      parabolas++;
    }),
    { numRuns: 20_000 },
  );
  expect(functions).toBeGreaterThan(0);
  expect(functions).toBeLessThan(parabolas);
});

it('is right on both sides of every step and every slice, and at both ends', () => {
  const slope = 2 ** -22;
  const exact = (word: number) => word * slope + 0.5;
  const table = createFloorTable({ exact, sliceBits: 6, slices: 60, error: 1e-3 });
  const words = [0, 2 ** 32 - 1];
  for (let step = 1; step < 1024; step++) {
    const at = (step - 0.5) / slope;
    words.push(at - 1, at, at + 1);
  }
  for (let slice = 1; slice < 64; slice++) words.push(slice * 2 ** 26 - 1, slice * 2 ** 26);
  for (const word of words) expect(table(word)).toBe(Math.floor(exact(word)));
});
