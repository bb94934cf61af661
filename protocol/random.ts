import { createHash } from 'node:crypto';

/**
 * A stream of random numbers that can be saved and taken up again: same seed and path, same numbers, on every machine.
 * The generator is xoshiro128** (Blackman and Vigna 2018, "Scrambled linear pseudorandom number generators").
 */
export interface RandomStream {
  /** Uniform in [0, 1), with 32 random bits. */
  uniform(): number;
  /** Uniform integer in 0 … bound−1; `bound` from 1 to 2³². Bias below bound / 2³². */
  below(bound: number): number;
  /** True with probability p. */
  chance(p: number): boolean;
  /** The 16 bytes from which {@link restoreRandom} goes on with the very next number. */
  save(): Uint8Array;
}

/** The stream for a seed and a path of names, e.g. `randomFrom(7, 'island', 3)`; different paths are independent. */
export function randomFrom(seed: number, ...path: readonly (string | number)[]): RandomStream {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...path]))
    .digest();
  return restoreRandom(digest.subarray(0, 16));
}

/** Goes on from what {@link RandomStream.save} returned; throws a RangeError unless it is 16 bytes, not all zero. */
export function restoreRandom(saved: Uint8Array): RandomStream {
  if (saved.length !== 16 || saved.every((byte) => byte === 0)) {
    throw new RangeError(`expected 16 bytes of random state, not all zero, got ${saved.length}`);
  }
  const view = new DataView(saved.buffer, saved.byteOffset, 16);
  let a = view.getUint32(0, true);
  let b = view.getUint32(4, true);
  let c = view.getUint32(8, true);
  let d = view.getUint32(12, true);

  function next(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return scrambled;
  }

  const uniform = () => next() / 2 ** 32;
  return {
    uniform,
    below: (bound) => Math.floor(uniform() * bound),
    chance: (p) => uniform() < p,
    save() {
      const bytes = new Uint8Array(16);
      const out = new DataView(bytes.buffer);
      [a, b, c, d].forEach((word, i) => {
        out.setUint32(4 * i, word >>> 0, true);
      });
      return bytes;
    },
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
