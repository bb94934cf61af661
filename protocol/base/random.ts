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
  /** Fills the array with the next numbers as 32-bit words (`uniform` · 2³²): several times faster than one by one. */
  fill(words: Uint32Array): void;
  /** The 16 bytes from which {@link restoreRandom} goes on with the very next number. */
  save(): Uint8Array;
}

/** Goes on from what {@link RandomStream.save} returned; throws a RangeError unless it is 16 bytes, not all zero. */
export function restoreRandom(saved: Uint8Array): RandomStream {
  if (saved.length !== 16 || saved.every((byte) => byte === 0)) {
    throw new RangeError(`expected 16 bytes of random state, not all zero, got ${saved.length}`);
  }
  const view = new DataView(saved.buffer, saved.byteOffset, 16);
  // A typed array, since V8 keeps no unboxed numbers in a closure: twice as fast.
  const state = Uint32Array.from([0, 4, 8, 12], (offset) => view.getUint32(offset, true));

  function next(): number {
    const a = state[0] as number;
    const b = state[1] as number;
    const mixed = (state[2] as number) ^ a;
    const turned = (state[3] as number) ^ b;
    state[0] = a ^ turned;
    state[1] = b ^ mixed;
    state[2] = mixed ^ (b << 9);
    state[3] = rotateLeft(turned, 11);
    return Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
  }

  const uniform = () => next() / 2 ** 32;
  return {
    uniform,
    below: (bound) => Math.floor(uniform() * bound),
    chance: (p) => uniform() < p,
    fill(words) {
      // The same as `next`, with the state in registers: signed, as all that is made of it here.
      let a = (state[0] as number) | 0;
      let b = (state[1] as number) | 0;
      let c = (state[2] as number) | 0;
      let d = (state[3] as number) | 0;
      for (let i = 0; i < words.length; i++) {
        words[i] = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
        const shifted = b << 9;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= shifted;
        d = rotateLeft(d, 11);
      }
      state[0] = a;
      state[1] = b;
      state[2] = c;
      state[3] = d;
    },
    save() {
      const bytes = new Uint8Array(16);
      const out = new DataView(bytes.buffer);
      state.forEach((word, i) => {
        out.setUint32(4 * i, word, true);
      });
      return bytes;
    },
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
