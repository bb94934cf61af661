import { expect, it } from 'vitest';
import { createCandidate, isSameGenome } from '../../../protocol/archive/candidate.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { encodeGenome } from '../../../protocol/encodings/codec.js';
import { randomDirect } from '../../../protocol/encodings/direct/variation.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import { copyGenes } from '../../../protocol/encodings/operators/genes.js';
import { cppnOf } from '../encodings/cppn/samples.js';

const born = (genome: Genome, evaluation = 1) => createCandidate(genome, { evaluation, island: 0 });
const direct = randomDirect(16, 3, randomFrom(1));

it('two candidates have one genome exactly when their digests are equal, wherever they were born', () => {
  const other = copyGenes(direct.genes);
  other[700] = (other[700] ?? 0) ^ 1;
  const candidates = [
    born(direct),
    born({ ...direct, genes: copyGenes(direct.genes) }, 2),
    born({ ...direct, genes: Uint16Array.from(direct.genes) }, 3),
    born({ ...direct, genes: other }),
    born(cppnOf(1, [0], [[0, 4, 1]])),
    born(cppnOf(1, [0], [[0, 4, 1]]), 2),
    born(cppnOf(1, [0], [[0, 4, 2]])),
  ];
  for (const a of candidates) {
    for (const b of candidates) expect(isSameGenome(a, b)).toBe(a.digest === b.digest);
  }
});

it('a direct candidate holds its genes once: its bytes are the memory of its genes', () => {
  const known = { bytes: encodeGenome(direct).slice() };
  expect(createCandidate(direct, { evaluation: 1, island: 0 }, known).bytes.buffer).toBe(direct.genes.buffer);
});
