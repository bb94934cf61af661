import { expect, it } from 'vitest';
import type { RandomStream } from '../../protocol/base/random.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { decodeGenome, encodeGenome } from '../../protocol/encodings/codec.js';
import { randomDense } from '../../protocol/encodings/dense/variation.js';
import { InvalidGenomeError } from '../../protocol/encodings/faults.js';
import type { Genome } from '../../protocol/encodings/genome.js';

/** Dense genomes that were damaged on their way. `ATOLL_FUZZ` says how many. */

const GENOMES = Number(process.env.ATOLL_FUZZ ?? 5000);
const SEED = Number(process.env.ATOLL_FUZZ_SEED ?? 1);
const SIDE = 5;
const BATCH = 100;

const NETWORK = {
  layout: 'NCHW',
  width: SIDE,
  height: SIDE,
  channels: 'RGB',
  scale: [1, 1, 1],
  offset: [0, 0, 0],
} as const;

/** Whole genomes: small ones, so that many changes meet their heads, and one of the default shape. */
const WHOLE: readonly Uint8Array[] = [
  ...[1, 2, 3].flatMap((layers) =>
    ([1, 3] as const).map((channels) => ({ channels, layers, width: 4 * layers })),
  ),
  { channels: 3, layers: 3, width: 24 } as const,
].map((shape) => encodeGenome(randomDense(shape, randomFrom(SEED, 'whole'))));

/** Bytes that one or a few changes make of a whole genome's. */
function damaged(random: RandomStream): Uint8Array {
  let bytes = Buffer.from(WHOLE[random.below(WHOLE.length)] ?? []);
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    // Half of them within the head.
    const at = random.below(random.chance(0.5) ? Math.min(14, bytes.length) : bytes.length);
    switch (random.below(5)) {
      case 0:
        bytes = bytes.subarray(0, Math.max(1, at));
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.below(bytes.length))]);
        break;
      case 2:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 3:
        bytes[at] = (bytes[at] ?? 0) + (random.chance(0.5) ? 1 : 255);
        break;
      default:
        bytes[at] = random.below(256);
    }
  }
  return bytes;
}

/** The genome that bytes say; undefined where they are refused with a reason. */
function genomeOf(bytes: Uint8Array): Genome | undefined {
  try {
    return decodeGenome(bytes);
  } catch (error) {
    if (error instanceof InvalidGenomeError) return undefined;
    throw error;
  }
}

it(
  `${GENOMES} damaged dense genomes are refused with a reason, or drawn (seed ${SEED})`,
  () => {
    const drawer = loadDrawer();
    const random = randomFrom(SEED, 'fuzz', 'genomes');
    const taken: Genome[] = [];
    let drawn = 0;
    const draw = () => {
      const tensor = drawer.tensor(taken, NETWORK, 'single');
      const wrong = tensor.findIndex((byte) => !(Number.isInteger(byte) && byte >= 0 && byte <= 255));
      const genome = taken[Math.floor(wrong / (3 * SIDE * SIDE))];
      expect(genome && Buffer.from(encodeGenome(genome)).toString('hex')).toBeUndefined();
      drawn += taken.length;
      taken.length = 0;
    };
    for (let round = 0; round < GENOMES; round++) {
      const genome = genomeOf(damaged(random));
      if (genome !== undefined && taken.push(genome) === BATCH) draw();
    }
    draw();
    // Both happen: flipped bits of weights are other weights.
    expect(drawn).toBeGreaterThan(GENOMES / 10);
    expect(GENOMES - drawn).toBeGreaterThan(GENOMES / 10);
    // None of them spoilt the kernel's memory.
    const [whole] = WHOLE;
    const genome = decodeGenome(whole ?? new Uint8Array(0));
    expect(drawer.pixels(genome, 40, 40)).toEqual(loadDrawer().pixels(genome, 40, 40));
  },
  60_000 + GENOMES,
);
