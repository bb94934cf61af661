import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportRow } from '../../../coordinator/export/elite-table.js';
import { readElites } from '../../../coordinator/intake/restore.js';
import { openRunDirectory } from '../../../coordinator/run/run-directory.js';
import { openSqliteReader } from '../../../coordinator/store/sqlite-reader.js';
import type { Elite } from '../../../protocol/archive/elite.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import type { Views } from '../../../protocol/drawing/tensor-spec.js';
import { pictureSize } from '../../../protocol/drawing/views.js';
import type { Encoding } from '../../../protocol/encodings/genome.js';
import { loadModel, resolveModel } from '../../../worker/model/resolve.js';
import { encodeModel } from '../../../worker/onnx/file.js';
import { type LinearShape, linearNetwork } from '../../worker/onnx/linear-network.js';
import { callAtoll } from '../call.js';
import { makeScoredRun } from './scored-run.js';

/** `atoll export`, and then `atoll classify` of what it wrote, on networks of unlike shapes. */

interface Case {
  readonly name: string;
  /** Absent: the shipped network, grey, 28 × 28. */
  readonly network?: LinearShape;
  readonly views?: Views;
  /** Sizes as a person types them, and the pixels that they stand for. */
  readonly enlarged: readonly [string, number, number];
  readonly redrawn: readonly [string, number, number];
}

const CASES: readonly Case[] = [
  { name: 'the shipped network', enlarged: ['140', 140, 140], redrawn: ['256', 256, 256] },
  {
    name: 'colour, 16 × 16',
    network: { layout: 'NCHW', width: 16, height: 16, channels: 3, classes: 4 },
    enlarged: ['100', 100, 100],
    redrawn: ['90x70', 90, 70],
  },
  {
    name: 'BGR, 76 × 41',
    network: { layout: 'NHWC', width: 76, height: 41, channels: 3, classes: 5 },
    enlarged: ['228', 228, 123],
    redrawn: ['200', 200, 108],
  },
  {
    name: 'colour, 72 × 80, which classify fits as it fits photographs',
    network: { layout: 'NCHW', width: 72, height: 80, channels: 3, classes: 5 },
    enlarged: ['160', 144, 160],
    redrawn: ['60', 54, 60],
  },
  {
    name: 'ten crops of 24 × 40',
    network: { layout: 'NHWC', width: 24, height: 40, channels: 3, classes: 4 },
    views: 'ten-crop',
    enlarged: ['96', 64, 96],
    redrawn: ['100', 67, 100],
  },
];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-export-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function good<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await callAtoll([...args, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

/** Makes a run of a case; returns its directory. */
async function runOf({ name, network, views = 'single' }: Case, encoding: Encoding): Promise<string> {
  const id = `${name.replace(/\W+/g, '-')}-${encoding}`;
  const path = join(root, `${id}.onnx`);
  if (network) await writeFile(path, encodeModel(linearNetwork(network, 3)));
  const channels = name.startsWith('BGR') ? 'BGR' : 'RGB';
  const model = network
    ? await loadModel(path, { channels, mean: [0.4, 0.5, 0.6], std: [0.3, 0.3, 0.2], range: 1 })
    : await loadModel('digits');
  return (await makeScoredRun(root, model, { name: id, encoding, views })).path;
}

interface Exported {
  readonly rows: readonly ExportRow[];
  readonly out: string;
}

async function exported(run: string, name: string, ...args: string[]): Promise<Exported> {
  const out = `${run}.${name}`;
  await good('export', run, '--out', out, '--what', 'images,json', ...args);
  const { elites } = JSON.parse(await readFile(join(out, 'elites.json'), 'utf8')) as { elites: ExportRow[] };
  return { rows: elites, out };
}

/** What `atoll classify` gives a picture for a class, of the run's network and under its views. */
async function classified(run: string, image: string, classId: number): Promise<number> {
  const { spec, modelDirectory } = await openRunDirectory(run);
  const flags = ['--model', modelDirectory, '--views', spec.views, '--top', `${spec.classes}`];
  const { top } = await good<{ top: { classId: number; confidence: number }[] }>('classify', image, ...flags);
  return top.find((guess) => guess.classId === classId)?.confidence ?? Number.NaN;
}

function elitesOf(run: string): Elite[] {
  const reader = openSqliteReader(join(run, 'archive.db'));
  try {
    return readElites(reader);
  } finally {
    reader.close();
  }
}

describe.each(['cppn', 'direct'] as const)('%s', (encoding) => {
  describe.each(CASES)('$name', (given) => {
    let run: string;
    beforeAll(async () => {
      run = await runOf(given, encoding);
    });

    it('is exported as the very bytes that the network was given, which then has the confidence of the archive', async () => {
      const { rows, out } = await exported(run, 'native');
      const { spec, modelDirectory } = await openRunDirectory(run);
      const { input } = await resolveModel(modelDirectory);
      const size = pictureSize(spec.views, input.width, input.height);
      // The kernel's own tensor of the whole picture, without any normalisation.
      const grey = input.channels === 'grey';
      const factors = grey ? { scale: [1], offset: [0] } : { scale: [1, 1, 1], offset: [0, 0, 0] };
      const whole = { ...size, ...factors, layout: 'NHWC', channels: grey ? 'grey' : 'RGB' } as const;
      const elites = elitesOf(run);
      expect(rows).toHaveLength(elites.length);
      for (const [i, { candidate, classId, confidence }] of elites.entries()) {
        const row = rows[i];
        expect(row).toMatchObject({
          classId,
          confidence,
          imageConfidence: confidence,
          imageWidth: size.width,
          imageHeight: size.height,
          imageMaking: 'native',
        });
        const path = join(out, row?.image ?? '');
        const picture = sharp(readFileSync(path));
        expect(await picture.metadata()).toMatchObject({ ...size, channels: grey ? 1 : 3 });
        const data = await picture
          .toColourspace(grey ? 'b-w' : 'srgb')
          .raw()
          .toBuffer();
        expect([...data]).toEqual([...loadDrawer().tensor([candidate.genome], whole, 'single')]);
        expect(await classified(run, path, classId)).toBeCloseTo(confidence, 4);
      }
    });

    it.each([
      ['enlarged', 'enlarge', ...given.enlarged],
      ['redrawn', 'redraw', ...given.redrawn],
    ] as const)(
      '%s, each picture has the confidence that its name and the tables state',
      async (...wanted) => {
        const [making, scaling, size, width, height] = wanted;
        const { rows, out } = await exported(run, making, '--size', size, '--scaling', scaling);
        for (const { classId, image, imageConfidence, ...row } of rows) {
          expect(row).toMatchObject({ imageMaking: making, imageWidth: width, imageHeight: height });
          const path = join(out, image ?? '');
          expect(await sharp(path).metadata()).toMatchObject({ width, height });
          const now = await classified(run, path, classId);
          expect(Math.abs(now - (imageConfidence ?? Number.NaN))).toBeLessThan(1e-6);
          const named = Number(/_([01]\.\d{4})\.png$/.exec(image ?? '')?.[1]);
          expect(Math.abs(now - named)).toBeLessThan(1e-3);
        }
      },
    );
  });
});

it('measures pictures of another size: what the network gives them is not what the archive holds', async () => {
  const run = await runOf({ ...(CASES[1] as Case), name: 'another size' }, 'cppn');
  const { rows } = await exported(run, 'another', '--size', '200', '--scaling', 'redraw');
  const largest = Math.max(...rows.map((row) => Math.abs((row.imageConfidence ?? 0) - row.confidence)));
  expect(largest).toBeGreaterThan(0.01);
});
