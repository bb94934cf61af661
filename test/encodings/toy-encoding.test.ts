import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { genomeFaults } from '../../coordinator/checks/archive-rows.js';
import { createIntake } from '../../coordinator/intake/intake.js';
import { createLedger } from '../../coordinator/intake/ledger.js';
import { createMerger } from '../../coordinator/intake/merger.js';
import { readElites, restoreArchive } from '../../coordinator/intake/restore.js';
import { createShelf } from '../../coordinator/intake/shelf.js';
import { checkReadable } from '../../coordinator/run/readable.js';
import { connect } from '../../coordinator/store/connection.js';
import { createSqliteStore } from '../../coordinator/store/sqlite-store.js';
import { createArchive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { findsOf } from '../../protocol/archive/entries.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { drawFor } from '../../protocol/drawing/sight.js';
import { decodeGenome, encodeGenome } from '../../protocol/encodings/codec.js';
import type { Encoding, Genome } from '../../protocol/encodings/genome.js';
import { DEFAULT_LAYERS } from '../../protocol/encodings/layers-spec.js';
import { misfit } from '../../protocol/encodings/misfit.js';
import { mutateGenome, randomGenome } from '../../protocol/encodings/variation.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import { checkSpec } from '../../protocol/spec/run-spec.js';
import { largestEntry } from '../../protocol/transport/largest-entry.js';
import { createOutbox } from '../../worker/island/outbox.js';
import { genomeOf, labelsOf, temporaryDirectory } from '../coordinator/fixtures.js';
import { foundIsland, SIDE, stripesSpec } from '../worker/island/fixtures.js';
import type { BarsGenome } from './bars.js';

/**
 * The two files in which a new encoding is named, with one more: all else is what is shipped. Types know nothing of it,
 * so its genomes are cast. The file is not beside the tests of other parts, which share their modules.
 */
vi.mock('../../protocol/encodings/names.js', async (load) => {
  const names = await load<typeof import('../../protocol/encodings/names.js')>();
  const all: readonly string[] = [...names.ENCODING_NAMES, 'bars'];
  return { ...names, ENCODING_NAMES: all, isEncoding: (name: string) => all.includes(name) };
});
vi.mock('../../protocol/encodings/encodings.js', async (load) => {
  const { ENCODINGS } = await load<typeof import('../../protocol/encodings/encodings.js')>();
  const { BARS } = await import('./bars.js');
  return { ENCODINGS: { ...ENCODINGS, bars: BARS } };
});

const bars = 'bars' as Encoding;
const shape = { encoding: bars, canvas: SIDE, channels: 1, layers: DEFAULT_LAYERS } as const;
const greysOf = (genome: Genome) => (genome as unknown as BarsGenome).greys;
const spec = stripesSpec({ encoding: bars, evolution: { mutation: { crossover: 0.5 } } });

/** What an island of the toy finds in so many steps, in order. */
async function evolve(steps: number): Promise<{ readonly won: Elite[]; readonly neutral: number }> {
  const island = foundIsland(spec);
  const won: Elite[] = [];
  for (let step = 0; step < steps; step++) won.push(...(await island.step(1000)));
  return { won, neutral: island.totals.neutral };
}

describe('an encoding that is registered in names.ts and encodings.ts alone', () => {
  it('is one of a spec, which takes its defaults', () => {
    expect(checkSpec(JSON.parse(JSON.stringify(spec)))).toMatchObject({
      encoding: 'bars',
      canvas: SIDE,
      evolution: { initial: 12, generation: 12 },
      migration: { interval: 7 },
    });
    expect(largestEntry(spec)).toBeGreaterThan(SIDE + 8);
  });

  it('goes from a random genome to a child, to bytes and back', () => {
    const random = randomFrom(1);
    const parent = randomGenome(shape, random);
    const child = mutateGenome(parent, spec.evolution.mutation, 0, random, {
      mate: randomGenome(shape, random),
    });
    const bytes = encodeGenome(child);
    expect(decodeGenome(bytes)).toEqual(child);
    expect(greysOf(child)).not.toEqual(greysOf(parent));
    expect(() => decodeGenome(Buffer.concat([bytes, bytes]))).toThrow('not-canonical');
    expect(() => decodeGenome(bytes.subarray(0, -1))).toThrow('malformed');
    expect(() => decodeGenome(Uint8Array.of((15 << 3) | 2, 0))).toThrow('samples');
    expect(() => decodeGenome(Buffer.concat([bytes, Buffer.alloc(5000)]))).toThrow('too-large');
  });

  it('is drawn, as bytes and as the tensor of a network, beside other encodings', () => {
    const genome = { encoding: 'bars', greys: Uint8Array.of(0, 50, 100, 255) } as unknown as Genome;
    const drawer = loadDrawer();
    expect([...drawer.pixels(genome, 4, 2).data]).toEqual([0, 50, 100, 255, 0, 50, 100, 255]);
    const tensorSpec = {
      layout: 'NHWC',
      width: 8,
      height: 1,
      channels: 'grey',
      scale: [2],
      offset: [1],
    } as const;
    const mixed = [genomeOf(1), genome, genomeOf(1)];
    const [before, drawn, after] = [0, 8, 16].map((start) =>
      [...drawer.tensor(mixed, tensorSpec, 'single')].slice(start, start + 8),
    );
    expect(drawn).toEqual([1, 1, 101, 101, 201, 201, 511, 511]);
    expect(after).toEqual(before);
    expect(drawFor(drawer, genome, { width: 4, height: 1, grey: true }).channels).toBe(1);
  });

  it('evolves on an island, and leaves out children that draw their parents', async () => {
    const { won, neutral } = await evolve(40);
    expect(won.length).toBeGreaterThan(20);
    expect(neutral).toBeGreaterThan(0);
    expect(won.some(({ candidate }) => candidate.parent !== undefined)).toBe(true);
    const outbox = createOutbox();
    outbox.add(won);
    // As its format says, what holds no class any more leaves by its digest.
    expect(findsOf(outbox.take().wins).some((find) => 'digest' in find)).toBe(true);
  });

  it('is taken in, stored, described, checked, and comes back as it was', async () => {
    const directory = temporaryDirectory();
    const path = join(directory.path, 'archive.db');
    try {
      const { won } = await evolve(40);
      const store = createSqliteStore(path, labelsOf(spec.classes));
      const archive = createArchive(spec.classes);
      const intake = createIntake(archive, spec);
      const ledger = createLedger(store, () => undefined);
      const shelf = createShelf(store, bars);
      const merger = createMerger({ archive, shelf, intake, ledger, spec });
      const outbox = createOutbox();
      outbox.add(won);
      merger.merge(findsOf(outbox.take().wins), { time: 0, others: { evaluations: 0, cost: 0 } });
      expect([...intake.refused]).toEqual([]);
      shelf.put(ledger.commit().jumps);

      const best = readElites(store);
      expect(best.map(({ candidate }) => candidate.digest)).toEqual(
        [...archive.elites()].map(({ candidate }) => candidate.digest),
      );
      expect(best.length).toBe(spec.classes);
      for (const { candidate } of best) {
        expect(misfit(candidate.genome, shapeOf(spec))).toBeUndefined();
        expect(store.genome(candidate.digest)).toMatchObject({ encoding: 'bars', nodes: SIDE });
      }
      // Read from the store, where its format keeps it.
      expect(archive.elite(0)?.candidate.genome).toEqual(best[0]?.candidate.genome);
      expect([...restoreArchive(store).confidences]).toEqual([...archive.confidences]);
      const history = store.history();
      expect(history.length).toBeGreaterThan(spec.classes);
      const superseded = history.filter(({ digest }) => store.genome(digest)?.bytes === undefined);
      expect(superseded.length).toBeGreaterThan(0);
      store.close();

      const connection = connect(path, 'read');
      checkReadable(connection, path);
      expect(genomeFaults(connection, spec)).toEqual([]);
      connection.close();
    } finally {
      directory.remove();
    }
  });

  it('is foreign to a run of another encoding, and to one of another canvas', () => {
    const genome = randomGenome(shape, randomFrom(2));
    expect(misfit(genome, { ...shape, encoding: 'cppn' })).toBe(
      "its encoding is bars, but the run's is cppn",
    );
    expect(misfit(genome, { ...shape, canvas: 9 })).toBe("it has 8 bars, but the run's canvas is 9");
  });
});
