import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fillPage, PLACEHOLDER, sideOf, wallFileOf } from '../../../coordinator/export/wall-file.js';
import { createArchive } from '../../../protocol/archive/archive.js';
import { createCandidate } from '../../../protocol/archive/candidate.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { decodeGenome } from '../../../protocol/encodings/codec.js';
import type { WallFile } from '../../../protocol/wire/wall-file.js';
import { candidateOf, checkpointAt, eliteOf, labelsOf, specOf } from '../fixtures.js';
import { jumpInto, NOTHING } from '../jumps.js';
import { createMemoryStore } from '../memory-store.js';

const INPUT = { layout: 'NCHW', width: 28, height: 28, channels: 'grey', scale: [1], offset: [0] } as const;
const TIME = 1_700_000_000_000;

/** What a page reads from its own text. */
function readBack(html: string): WallFile {
  const text = /<b>(.*)<\/b>/.exec(html)?.[1] ?? '';
  return JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString());
}

describe('an exported wall', () => {
  it('holds the run as its store has it: elites, labels, curve and figures', async () => {
    const reader = createMemoryStore([...labelsOf(2), '</script><script>alert(1)']);
    const archive = createArchive(3);
    const [parent, child] = [candidateOf(1), candidateOf(2, 'cppn', candidateOf(1))];
    const elites = [eliteOf(1, 0.25, parent), eliteOf(2, 0.5, child)];
    const island = { number: 0, worker: 'w', state: 'live', device: 'cpu' } as const;
    reader.commit({
      ...NOTHING,
      jumps: elites.flatMap((elite) => jumpInto(archive, elite, TIME) ?? []),
      islands: [{ ...island, checkpoint: checkpointAt(40) }],
    });
    const file = await wallFileOf({
      spec: specOf(3),
      input: INPUT,
      reader,
      elites: reader.elites(),
      exported: TIME,
    });
    const html = fillPage(`<b>${PLACEHOLDER}</b>`, file);
    expect(html).toMatch(/^<b>[A-Za-z0-9+/=]+<\/b>$/);
    const read = readBack(html);
    expect(read).toEqual(JSON.parse(JSON.stringify(file)));
    expect(read).toMatchObject({
      run: 'test',
      exported: TIME,
      labels: reader.labels,
      totals: { evaluations: 40 },
      islands: [{ number: 0, evaluations: 40 }],
    });
    expect(read.curve.at(-1)).toEqual({ evaluation: 40, coverage: 2 / 3, median: 0.25 });
    expect(read.elites).toMatchObject([
      { classId: 1, confidence: 0.25, changed: TIME, parent: null },
      { classId: 2, confidence: 0.5, parent: parent.digest, islandEvaluation: 3 },
    ]);
    const genomes = read.elites.map(({ genome }) => decodeGenome(Buffer.from(genome, 'base64')));
    expect(genomes).toEqual([parent.genome, child.genome]);
    expect(read.miniatureSide).toBeUndefined();
  });

  it('has direct genomes while they are few, and else pictures of them that have 8 Mi values together', async () => {
    const side = 260;
    const reader = createMemoryStore(labelsOf(40));
    const archive = createArchive(40);
    const random = randomFrom(1, 'wall');
    const genes = Uint16Array.from({ length: side * side }, () => random.below(65_536));
    const wide = createCandidate(
      { encoding: 'direct', width: side, height: side, channels: 1, genes },
      { island: 0, evaluation: 1 },
    );
    const jumps = labelsOf(40).flatMap((_, classId) => jumpInto(archive, eliteOf(classId, 0.5, wide)) ?? []);
    reader.commit({ ...NOTHING, jumps });
    const spec = { ...specOf(40, { encoding: 'direct' }), canvas: side };
    const elites = reader.elites();
    expect(sideOf(elites.slice(0, 20), spec)).toBeUndefined();
    expect(sideOf(elites, spec)).toBe(side);
    const many = Array.from({ length: 1000 }, () => elites[0]).flatMap((elite) => elite ?? []);
    expect(sideOf(many, { ...spec, channels: 3 })).toBe(52);
    const file = await wallFileOf({ spec, input: INPUT, reader, elites: many.slice(0, 200), exported: TIME });
    expect(file.miniatureSide).toBe(204);
    const genome = decodeGenome(Buffer.from(file.elites[199]?.genome ?? '', 'base64'));
    const drawer = loadDrawer();
    expect(drawer.pixels(genome, 204, 204)).toEqual(drawer.pixels(wide.genome, 204, 204));
  });

  it('is not made of a page that has no place for a run', async () => {
    const reader = createMemoryStore(labelsOf(1));
    const file = await wallFileOf({ spec: specOf(1), input: INPUT, reader, elites: [], exported: TIME });
    for (const page of ['', PLACEHOLDER.repeat(2)]) expect(() => fillPage(page, file)).toThrow(/no place/);
  });
});
