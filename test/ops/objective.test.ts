import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readElites } from '../../coordinator/intake/restore.js';
import { openRunDirectory } from '../../coordinator/run/run-directory.js';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import { refereeOf } from '../../ops/run/referee.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { packModel, unpackModel } from '../../protocol/transport/nats/model-package.js';
import { openModel, openRunClassifier } from '../../worker/classifier/open.js';
import { createDrawnScorer } from '../../worker/drawn-scorer.js';
import { runAtoll } from './atoll.js';
import { callAtoll } from './call.js';
import { copyRun, evolveSmallRun } from './small-run.js';

/** A run that evolves against the two networks that ship: images that fool both. */

const ON_CPU = { engine: 'onnx', device: 'cpu' } as const;

let root: string;
let run: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-objective-'));
  run = await evolveSmallRun(root, ['--also', 'digits-2']);
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function elites() {
  const { archiveFile } = await openRunDirectory(run);
  const reader = openSqliteReader(archiveFile);
  try {
    return readElites(reader);
  } finally {
    reader.close();
  }
}

describe('a run against two networks', () => {
  it('stores the lesser of what the two give each image, and counts the forward passes of both', async () => {
    const rows: Float32Array[][] = [];
    const stored = await elites();
    for (const name of ['digits', 'digits-2']) {
      const { classifier } = await openModel(name, {}, ON_CPU);
      const scorer = createDrawnScorer({ drawer: loadDrawer(), classifier, views: 'single' });
      const seen: Float32Array[] = [];
      for (const { candidate } of stored) seen.push(await scorer.score([candidate.genome]));
      rows.push(seen);
      await classifier.close();
    }
    expect(stored.length).toBe(10);
    for (const [i, { classId, confidence }] of stored.entries()) {
      const both = rows.map((seen) => seen[i]?.[classId] ?? Number.NaN);
      expect(confidence).toBeCloseTo(Math.min(...both), 5);
    }
    const { spec, archiveFile } = await openRunDirectory(run);
    expect(spec.objective).toMatchObject({ also: ['digits-2'], reduce: 'minimum' });
    const reader = openSqliteReader(archiveFile);
    const totals = reader.islands()[0]?.checkpoint?.totals;
    reader.close();
    expect(totals?.cost).toBe(800);
  });

  it('goes on after a break as if there had been none', async () => {
    const straight = await mkdtemp(join(root, 'straight-'));
    const flags = ['up', '--name', 'small', '--islands', '1', '--seed', '7', '--also', 'digits-2', '--json'];
    const whole = await runAtoll([...flags, '--evaluations', '700'], straight);
    const copy = await copyRun(run, join(root, 'resumed'));
    const resumed = await runAtoll(['up', '--resume', copy, '--evaluations', '700', '--json']);
    const digest = ({ stdout }: typeof whole) =>
      (JSON.parse(stdout) as { archiveDigest: string }).archiveDigest;
    expect(digest(resumed)).toBe(digest(whole));
  });

  it('is verified, and audited by its referee, with both', async () => {
    const { code, stdout } = await callAtoll(['verify', run, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outside: 0, elites: 10, modelKept: true });
    const [first] = await elites();
    if (first === undefined) throw new Error('there is an elite');
    const [judged] = await refereeOf(await openRunDirectory(run))(first.candidate.genome, [first.classId]);
    expect(judged).toBeCloseTo(first.confidence, 6);
  });

  it('gives a worker elsewhere both, in the package of its model', async () => {
    const { modelDirectory, spec } = await openRunDirectory(run);
    const elsewhere = join(root, 'unpacked');
    await mkdir(elsewhere);
    await unpackModel(packModel(modelDirectory), elsewhere);
    const classifier = await openRunClassifier(elsewhere, spec, ON_CPU);
    const [first] = await elites();
    if (first === undefined) throw new Error('there is an elite');
    const scorer = createDrawnScorer({ drawer: loadDrawer(), classifier, views: 'single' });
    const row = await scorer.score([first.candidate.genome]);
    expect(row[first.classId]).toBeCloseTo(first.confidence, 6);
    await classifier.close();
  });

  it('is refused once the further network in it is another', async () => {
    const copy = await copyRun(run, join(root, 'changed'));
    const weights = join(copy, 'model/further/1/weights.bin');
    const bytes = await readFile(weights);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    await writeFile(weights, bytes);
    for (const args of [
      ['verify', copy],
      ['up', '--resume', copy, '--evaluations', '500'],
    ]) {
      const { code, stderr } = await callAtoll(args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/model\/further\/1/);
    }
  });

  it('transfers to both, of which transfer says that it was evolved for them', async () => {
    const out = join(root, 'transfer');
    const { code } = await callAtoll(['transfer', '--run', run, '--to', 'digits-2', '--out', out]);
    expect(code).toBe(0);
    const data = JSON.parse(await readFile(join(out, 'data.json'), 'utf8')) as unknown;
    expect(data).toMatchObject({ data: { runs: [{ network: 0, further: [1] }] } });
  });
});

describe('an objective', () => {
  it.each([
    [['--objective', 'mean'], /only one is named.*--also/s],
    [['--also', 'digits'], /is the network of the run itself/],
    [['--also', 'digits-2,digits-2'], /named twice/],
    [['--also', 'nothing-here'], /There is no model nothing-here/],
  ])('%j is refused in a sentence', async (flags, says) => {
    const { code, stderr } = await callAtoll(['up', '--runs', join(root, 'none'), '--http', 'off', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});
