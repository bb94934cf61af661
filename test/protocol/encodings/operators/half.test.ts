import { expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { halfOf, numberOf } from '../../../../protocol/encodings/operators/half.js';

/** The half floats that are numbers, without the sign: ascending, as their bits are. */
const FINITE = Array.from({ length: 0x7c00 }, (_, half) => half);

it('half floats are the numbers of the tables of IEEE 754', () => {
  for (const [half, number] of [
    [0x0000, 0],
    [0x0001, 2 ** -24],
    [0x03ff, 2 ** -14 - 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3bff, 0.99951171875],
    [0x3c00, 1],
    [0x3c01, 1.0009765625],
    [0xc000, -2],
    [0x7bff, 65_504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
  ] as const) {
    expect(numberOf(half)).toBe(number);
    expect(halfOf(number)).toBe(half);
  }
  expect(numberOf(0x8000)).toBe(-0);
  expect(halfOf(-0)).toBe(0x8000);
  expect(numberOf(0x7e00)).toBeNaN();
  expect(numberOf(halfOf(Number.NaN))).toBeNaN();
});

it('every half float is itself again, of both signs', () => {
  const changed = FINITE.filter(
    (half) => halfOf(numberOf(half)) !== half || halfOf(-numberOf(half)) !== (half | 0x8000),
  );
  expect(changed).toEqual([]);
});

it('a number becomes the nearest half float, and the even one of two that are as near', () => {
  const random = randomFrom(1, 'half');
  const wrong = FINITE.slice(0, -1).filter((half) => {
    const [low, high] = [numberOf(half), numberOf(half + 1)];
    const part = 0.499 * random.uniform();
    return (
      halfOf((low + high) / 2) !== (half % 2 === 0 ? half : half + 1) ||
      halfOf(low + part * (high - low)) !== half ||
      halfOf(high - part * (high - low)) !== half + 1
    );
  });
  expect(wrong).toEqual([]);
  // Half way to 2¹⁶, and beyond it.
  expect([65_519, 65_520, 65_536, 1e9].map(halfOf)).toEqual([0x7bff, 0x7c00, 0x7c00, 0x7c00]);
  expect([2 ** -25, 2 ** -25 * 1.001, -1e-30].map(halfOf)).toEqual([0, 1, 0x8000]);
});
