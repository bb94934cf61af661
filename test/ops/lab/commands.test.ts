import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { list } from 'tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barDigits, writeMnist } from '../../worker/digits/mnist-files.js';
import { evolveSmallRun } from '../small-run.js';
import { good, refused } from './answers.js';
import { byHand, SIDE, writeBrightness, writeGrey } from './brightness.js';

/** The experiments as commands, on a small real run and on a network that can be solved by hand. */

const LAB = ['data.json', 'figure.png', 'figure.svg', 'index.html', 'table.csv'];

let root: string;
let run: string;
let network: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-lab-'));
  run = await evolveSmallRun(root);
  network = await writeBrightness(root);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const flags = () => ['--model', network, '--preprocess', 'unit', '--labels', join(root, 'brightness.txt')];

describe('atoll calibrate', () => {
  it('measures what a calculation by hand gives, and never takes accuracy for confidence', async () => {
    const pictures = join(root, 'greys');
    const greys = { dark: [0, 60, 140], bright: [255, 200] } as const;
    for (const [name, bytes] of Object.entries(greys)) {
      await mkdir(join(pictures, name), { recursive: true });
      for (const byte of bytes) await writeGrey(join(pictures, name, `${byte}.png`), byte);
    }
    const out = join(root, 'calibrated');
    const found = await good('calibrate', '--images', pictures, '--out', out, ...flags());
    const sure = [1 - byHand(0), 1 - byHand(60), byHand(140), byHand(255), byHand(200)];
    const middle = (values: number[]) => values.sort((a, b) => a - b)[2];
    expect(found).toMatchObject({ images: 5, accuracy: 4 / 5, directory: out });
    expect(found.medianConfidence).toBeCloseTo(middle(sure) ?? 0, 5);
    const inRight = [1 - byHand(0), 1 - byHand(60), 1 - byHand(140), byHand(255), byHand(200)];
    expect(found.medianConfidenceInRight).toBeCloseTo(middle(inRight) ?? 0, 5);
    expect((await readdir(out)).sort()).toEqual(LAB);
    const table = (await readFile(join(out, 'table.csv'), 'utf8')).split('\r\n');
    expect(table).toHaveLength(1 + 5 + 1);
    expect(table[0]).toMatch(/right,confidence,confidence_in_right$/);
  });

  it('reads the files of MNIST, and puts its line on the sheet and into the report of the run', async () => {
    const mnist = join(root, 'mnist');
    await mkdir(mnist);
    await writeMnist(mnist, 'test', barDigits(120, 1));
    const found = await good('calibrate', '--run', run, '--images', mnist, '--at-most', '50');
    expect(found).toMatchObject({ model: 'digits', images: 50, directory: join(run, 'lab/calibrate') });
    const whole = await good(
      'calibrate',
      '--images',
      join(mnist, 't10k-images-idx3-ubyte.gz'),
      '--out',
      join(root, 'm'),
    );
    expect(whole.images).toBe(120);
    await good('report', run);
    const html = await readFile(join(run, 'report/index.html'), 'utf8');
    expect(html).toMatch(/Natural images \(mnist \(test\), 50\): median confidence [01]\.\d{4}/);
    // The sheet has a line more than that of a run whose network was not calibrated.
    const heights = [];
    for (const from of [run, await withoutLab()]) {
      const { directory } = await good<{ directory: string }>('export', from, '--what', 'sheet');
      heights.push((await sharp(join(directory, 'contact-sheet.png')).metadata()).height ?? 0);
    }
    expect(heights[0]).toBeGreaterThan(heights[1] ?? 0);
  });

  it('says in one sentence what is missing or wrong', async () => {
    expect(await refused('calibrate')).toMatch(/needs natural images/);
    expect(await refused('calibrate', '--images', join(root, 'none'))).toMatch(/There is no folder/);
    expect(await refused('calibrate', '--images', root, '--run', run, '--model', 'digits')).toMatch(
      /Give one of the two/,
    );
    const file = join(root, 'brightness.txt');
    expect(await refused('calibrate', '--images', file)).toMatch(/neither a folder of pictures nor/);
  });
});

/** A copy of the run in which no experiment was made. */
async function withoutLab(): Promise<string> {
  const copy = join(root, 'plain');
  await mkdir(join(copy, 'model'), { recursive: true });
  for (const name of ['run.yaml', 'archive.db']) await copyFile(join(run, name), join(copy, name));
  for (const name of await readdir(join(run, 'model'))) {
    await copyFile(join(run, 'model', name), join(copy, 'model', name));
  }
  return copy;
}

describe('atoll transfer', () => {
  it('asks the second shipped network, and finds of the own one what the run stores', async () => {
    const { transfers } = await good<{ transfers: Record<string, unknown>[] }>(
      'transfer',
      '--run',
      run,
      '--to',
      'digits-2,digits',
    );
    expect(transfers.map(({ network: name, own }) => [name, own])).toEqual([
      ['digits', true],
      ['digits-2', false],
    ]);
    const { data } = JSON.parse(await readFile(join(run, 'lab/transfer/data.json'), 'utf8'));
    const [only] = data.runs;
    only.stored.forEach((stored: number, i: number) => {
      expect(only.verdicts[0].inSame[i]).toBeCloseTo(stored, 5);
    });
  });

  it('says in one sentence what is missing, and which network has no class of the run', async () => {
    expect(await refused('transfer', '--run', run)).toMatch(/No other network is named/);
    expect(await refused('transfer', '--run', run, '--to', 'nothing')).toMatch(/There is no model nothing/);
    const to = ['--to', network, '--preprocess', 'unit', '--labels', join(root, 'brightness.txt')];
    expect(await refused('transfer', '--run', run, ...to)).toMatch(/No class of brightness has a name/);
  });
});

describe('atoll occlude', () => {
  it('finds what a picture’s confidence rests on: by hand, each covered pixel costs the same', async () => {
    const picture = join(root, 'white.png');
    await writeGrey(picture, 160);
    const found = await good<{ confidence: number; worst: { loss: number; side: number } }>(
      'occlude',
      '--image',
      picture,
      '--class',
      'bright',
      '--fill',
      'black',
      '--refine',
      '0',
      '--out',
      join(root, 'o'),
      ...flags(),
    );
    expect(found.confidence).toBeCloseTo(byHand(160), 5);
    const { side, loss } = found.worst;
    expect(loss).toBeCloseTo(byHand(160) - byHand(160 * (1 - side ** 2 / SIDE ** 2)), 5);
  });

  it('takes an image of a run, and says what is missing', async () => {
    const found = await good('occlude', '--run', run, '--class', '3');
    expect(found.directory).toBe(join(run, 'lab/occlude-class-3'));
    expect(await refused('occlude')).toMatch(/No picture is named/);
    expect(await refused('occlude', '--run', run)).toMatch(/--class is missing/);
    expect(await refused('occlude', '--run', run, '--class', '11')).toMatch(/no class of this network/);
    expect(await refused('occlude', '--run', run, '--class', '1', '--refine', '2')).toMatch(
      /a number from 0 to 1/,
    );
  });
});

describe('atoll ablate', () => {
  it('counts copies, the same way every time', async () => {
    const args = ['ablate', '--run', run, '--class', '2', '--period', '7,0/0,7', '--orders', '2'];
    const first = await good<{
      counts: { copies: number; kept: number }[];
      confidence: number;
      tiles: number;
    }>(...args);
    expect(first.counts.at(-1)?.copies).toBe(first.tiles);
    expect(first.counts.at(-1)?.kept).toBeCloseTo(first.confidence, 5);
    const before = await readFile(join(run, 'lab/ablate-class-2/data.json'));
    await good(...args);
    expect(await readFile(join(run, 'lab/ablate-class-2/data.json'))).toEqual(before);
  });

  it('says so where nothing repeats, and refuses a period that is none', async () => {
    const picture = join(root, 'even.png');
    await writeGrey(picture, 90);
    expect(await refused('ablate', '--image', picture, ...flags())).toMatch(/Nothing repeats in even\.png/);
    expect(await refused('ablate', '--run', run, '--class', '2', '--period', '4,0/8,0')).toMatch(
      /not parallel/,
    );
    expect(await refused('ablate', '--run', run, '--class', '2', '--period', '90,0')).toMatch(
      /leaves one copy/,
    );
  });
});

describe('atoll report', () => {
  it('holds everything in one page, and makes every figure again from what was kept', async () => {
    await good('occlude', '--run', run, '--class', '5');
    const folder = join(run, 'lab/occlude-class-5');
    const before = await Promise.all(LAB.map((name) => readFile(join(folder, name))));
    for (const name of LAB) if (name !== 'data.json') await rm(join(folder, name));
    const found = await good<{ directory: string; experiments: string[] }>(
      'report',
      run,
      '--author',
      'Ada L.',
    );
    expect(found.experiments).toContain('occlude');
    expect(await Promise.all(LAB.map((name) => readFile(join(folder, name))))).toEqual(before);
    expect((await readdir(found.directory)).sort()).toEqual([
      ...['CITATION.cff', 'contact-sheet.png', 'curves.png', 'curves.svg', 'goal-chords.png'],
      'goal-chords.svg',
      'goal-switches.png',
      ...['goal-switches.svg', 'index.html', 'lineage.png', 'lineage.svg'],
    ]);
    const html = await readFile(join(found.directory, 'index.html'), 'utf8');
    for (const said of [
      'Goal switches',
      'most travelled lineage',
      'rests on',
      'run.yaml',
      'seed: 7',
      'Ada L.',
    ]) {
      expect(html).toContain(said);
    }
    const written = html.replace(/data:[\w/]+;base64,[\w+/=]+/g, 'data:');
    expect(written).not.toMatch(/<script|(?:src|href)="(?!data:)|NaN|undefined/);
  });

  it('is the same page every time', async () => {
    const page = async (out: string) => {
      await good('report', run, '--out', join(root, out));
      return readFile(join(root, out, 'index.html'), 'utf8');
    };
    expect(await page('one')).toBe(await page('two'));
  });

  it('touches no directory of somebody else, and says which data no experiment wrote', async () => {
    const foreign = join(root, 'thesis');
    await mkdir(foreign);
    await writeFile(join(foreign, 'thesis.tex'), '');
    expect(await refused('report', run, '--out', foreign)).toMatch(
      /holds thesis\.tex, which no report has put there/,
    );
    const broken = join(run, 'lab/broken');
    await mkdir(broken, { recursive: true });
    for (const text of [
      '{',
      '{"experiment":"magic","version":1,"data":{}}',
      '{"experiment":"occlude","version":1,"data":{}}',
    ]) {
      await writeFile(join(broken, 'data.json'), text);
      expect(await refused('report', run)).toMatch(/is not as an experiment of this Atoll wrote it/);
    }
    await rm(broken, { recursive: true });
  });
});

describe('atoll backup', () => {
  it('takes what experiments found with it', async () => {
    await good('occlude', '--run', run, '--class', '6');
    const file = join(root, 'small.tar');
    await good('backup', run, file);
    const names: string[] = [];
    await list({ file, onReadEntry: ({ path }) => names.push(path) });
    expect(names).toContain('small/lab/occlude-class-6/data.json');
  });
});

describe('atoll compare', () => {
  it('compares runs, and refuses those of other classes', async () => {
    const out = join(root, 'compared');
    const found = await good<{ runs: { group: string }[]; tests: unknown[] }>(
      'compare',
      run,
      await withoutLab(),
      '--out',
      out,
    );
    expect(found.runs.map(({ group }) => group)).toEqual(['all runs', 'all runs']);
    expect(found.tests).toEqual([]);
    expect((await readdir(out)).sort()).toEqual(LAB);
    expect(await refused('compare', join(root, 'none'))).toMatch(/is not a run directory/);
  });
});
