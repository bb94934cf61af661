import { describe, expect, it } from 'vitest';
import { type RandomStream, restoreRandom } from '../../../protocol/base/random.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';

const words = (random: RandomStream, count: number) =>
  Array.from({ length: count }, () => random.uniform() * 2 ** 32);

describe('a random stream', () => {
  it('is xoshiro128**: the numbers of the reference implementation from state 1, 2, 3, 4', () => {
    const state = new Uint8Array(Uint32Array.of(1, 2, 3, 4).buffer);
    // Produced with the authors' xoshiro128starstar.c 1.1, as rand_xoshiro's own test has them.
    expect(words(restoreRandom(state), 10)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('gives these numbers for this seed and path, on every machine and for ever', () => {
    const random = randomFrom(7, 'island', 3);
    expect(words(random, 6)).toEqual([105146718, 1855620064, 3642343793, 135667260, 3443571156, 1842486665]);
    expect(Buffer.from(random.save()).toString('hex')).toBe('bf9a7d697a1100ca7d10c3167bacb708');
  });

  it('goes on exactly where it was saved', () => {
    const random = randomFrom(1);
    words(random, 100);
    const restored = restoreRandom(random.save());
    expect(words(restored, 1000)).toEqual(words(random, 1000));
    expect(restored.save()).toEqual(random.save());
  });

  it('is not changed by being saved', () => {
    const random = randomFrom(2);
    random.save().fill(0);
    expect(random.uniform()).toBe(randomFrom(2).uniform());
  });

  it('fills an array with the numbers that it would have given one by one', () => {
    const filled = new Uint32Array(1000);
    const random = randomFrom(3);
    random.fill(filled);
    const single = randomFrom(3);
    expect(Array.from(filled)).toEqual(words(single, 1000));
    expect(random.save()).toEqual(single.save());
  });

  it('differs from every other seed and path', () => {
    const first = (...of: Parameters<typeof randomFrom>) => randomFrom(...of).uniform();
    const seen = [
      first(1),
      first(2),
      first(1, 'a'),
      first(1, 'a', 0),
      first(1, 'a', 1),
      first(1, 'a0'),
      first(11),
    ];
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('draws whole numbers below a bound, all about as often', () => {
    const random = randomFrom(4);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) {
      const drawn = random.below(7);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    // Standard deviation 93.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * 93);
  });

  it('takes chances as often as their probability says, never at 0 and always at 1', () => {
    const random = randomFrom(5);
    const taken = { never: 0, rarely: 0, always: 0 };
    for (let i = 0; i < 100_000; i++) {
      if (random.chance(0)) taken.never++;
      if (random.chance(0.1)) taken.rarely++;
      if (random.chance(1)) taken.always++;
    }
    expect(taken).toMatchObject({ never: 0, always: 100_000 });
    expect(Math.abs(taken.rarely - 10_000)).toBeLessThan(5 * 95);
  });

  it.each([0, 15, 17])('refuses a saved state of %i bytes', (length) => {
    expect(() => restoreRandom(new Uint8Array(length).fill(1))).toThrow(RangeError);
  });

  it('refuses a state of zeros, from which it would never get away', () => {
    expect(() => restoreRandom(new Uint8Array(16))).toThrow(RangeError);
  });
});
