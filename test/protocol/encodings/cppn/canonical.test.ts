import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { encodeGenome } from '../../../../protocol/encodings/codec.js';
import { readCanonicalCppn } from '../../../../protocol/encodings/cppn/canonical.js';
import { randomDirect } from '../../../../protocol/encodings/direct/variation.js';
import { genomeFault } from '../../../../protocol/encodings/validate.js';
import { walkedCppn } from './samples.js';

describe('the reader of canonical CPPNs', () => {
  const samples = Array.from({ length: 100 }, (_, seed) => walkedCppn(seed, seed, seed % 2 === 0 ? 1 : 3));

  it('reads what is written, from anywhere in memory, without sharing it', () => {
    for (const genome of samples) {
      const padded = Buffer.concat([Buffer.alloc(3), encodeGenome(genome), Buffer.alloc(5)]);
      const read = readCanonicalCppn(padded.subarray(3, padded.length - 5));
      padded.fill(0);
      expect(read).toEqual(genome);
    }
  });

  it('takes nothing for canonical that is not written so', () => {
    const random = randomFrom(7, 'canonical');
    let taken = 0;
    for (let round = 0; round < 50_000; round++) {
      const genome = samples[random.below(30)];
      if (genome === undefined) continue;
      const bytes = Array.from(encodeGenome(genome));
      const at = random.below(bytes.length);
      // Another byte, a byte more or a byte less; half of the time with the outer length mended, where that is one byte.
      bytes.splice(at, random.below(2), ...(random.chance(0.7) ? [random.below(256)] : []));
      if (random.chance(0.5) && (bytes[1] ?? 0) < 0x80) bytes[1] = (bytes.length - 2) & 0x7f;
      const read = readCanonicalCppn(Uint8Array.from(bytes));
      // Of weights that are no numbers there are many, which no genome may have.
      if (read === undefined || genomeFault(read) !== undefined) continue;
      taken++;
      expect(Array.from(encodeGenome(read))).toEqual(bytes);
    }
    expect(taken).toBeGreaterThan(1000);
  });

  it('leaves everything else to others', () => {
    expect(readCanonicalCppn(new Uint8Array(0))).toBeUndefined();
    expect(readCanonicalCppn(encodeGenome(randomDirect(4, 1, randomFrom(1))))).toBeUndefined();
  });
});
