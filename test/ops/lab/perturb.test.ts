import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLab } from '../../../ops/lab/results/lab.js';
import { writeResult } from '../../../ops/lab/results/write.js';
import { good, refused } from './answers.js';
import { byHand, SIDE, writeBrightness, writeGrey } from './brightness.js';

/** The command, on a network that can be solved by hand. */

const LAB = ['data.json', 'figure.png', 'figure.svg', 'index.html', 'table.csv'];

let root: string;
let network: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-perturb-'));
  network = await writeBrightness(root);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const flags = () => ['--model', network, '--preprocess', 'unit', '--labels', join(root, 'brightness.txt')];

describe('atoll perturb', () => {
  interface Perturbed {
    readonly said: string;
    readonly changes: readonly {
      readonly reached: boolean;
      readonly linf: number;
      readonly pixels: number;
      readonly taken: number;
      readonly file: string;
      readonly opinions: readonly { readonly inTarget: number }[];
    }[];
  }

  it('finds the least level that is bright enough, and says what the network gives the file', async () => {
    const picture = join(root, 'dim.png');
    await writeGrey(picture, 120);
    const out = join(root, 'p');
    const args = ['perturb', picture, '--to', 'bright', '--out', out, ...flags()];
    const found = await good<Perturbed>(...args, '--with', 'digits', '--method', 'gradient,square');
    const [greatest, squares, byLooks] = found.changes;
    // Half of 255 lies between 127 and 128.
    expect(greatest).toMatchObject({ reached: true, linf: 8, pixels: SIDE * SIDE });
    expect(greatest?.opinions[0]?.inTarget).toBeCloseTo(byHand(128), 5);
    // The sum of squares is least where all levels change alike.
    expect(squares?.reached).toBe(true);
    expect(squares?.linf).toBeLessThanOrEqual(9);
    expect(byLooks).toMatchObject({ reached: true, linf: 8 });
    expect(found.said).toMatch(
      /^8\/255 turns dark \(0\.\d{4}\) into bright \(0\.5\d{3}\); an L2 change of [\d.]+ does too \(0\.5\d{3}\); squares of 8\/255 do too \(/,
    );
    expect((await readdir(out)).sort()).toEqual([...LAB, 'pictures'].sort());
    expect((await readdir(join(out, 'pictures'))).sort()).toEqual([
      ...['gradient-l2.png', 'gradient-linf.png', 'original.png', 'square.png'],
    ]);
    const { data, info } = await sharp(join(out, greatest?.file ?? ''))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, new Set(data)]).toEqual([SIDE, SIDE, new Set([128])]);
    const { top } = await good<{ top: { label: string; confidence: number }[] }>(
      'classify',
      join(out, greatest?.file ?? ''),
      ...flags(),
    );
    expect(top[0]?.label).toBe('bright');
    expect(top[0]?.confidence).toBeCloseTo(greatest?.opinions[0]?.inTarget ?? 0, 6);
  });

  it('is the same every time, also by pixels and to a class that is drawn', async () => {
    const picture = join(root, 'dim.png');
    await writeGrey(picture, 126);
    const out = join(root, 'again');
    const args = ['perturb', picture, '--to', 'random', '--seed', '4', '--out', out, ...flags()];
    const ways = ['--method', 'square,pixels', '--pixels', '9', '--looks', '200'];
    const first = await good<Perturbed>(...args, ...ways);
    expect(first.changes.map(({ reached }) => reached)).toEqual([true, true]);
    expect(first.changes[1]?.pixels).toBeLessThanOrEqual(9);
    const before = await readFile(join(out, 'data.json'));
    await good(...args, ...ways);
    expect(await readFile(join(out, 'data.json'))).toEqual(before);
  });

  it('says so where no change is found', async () => {
    const picture = join(root, 'night.png');
    await writeGrey(picture, 20);
    const args = ['perturb', picture, '--to', 'bright', '--out', join(root, 'none-found'), ...flags()];
    const found = await good<Perturbed>(
      ...args,
      '--method',
      'gradient,pixels',
      '--pixels',
      '1',
      '--looks',
      '50',
    );
    expect(found.changes.map(({ reached }) => reached)).toEqual([false, false, false]);
    expect(found.said).toMatch(
      /^No change of up to 64\/255 turns dark \(0\.\d{4}\) into bright; no L2 change that was tried does; no 1 pixel within 50 looks does\.$/,
    );
  });

  it('is shown again in a report: its pictures come from its data', async () => {
    const picture = join(root, 'dim.png');
    await writeGrey(picture, 120);
    await good('perturb', picture, '--to', '1', '--out', join(root, 'lab/perturb-dim'), ...flags());
    const folder = join(root, 'lab/perturb-dim/pictures');
    const before = await readFile(join(folder, 'gradient-l2.png'));
    await rm(folder, { recursive: true });
    for (const { directory, result } of await readLab(root)) await writeResult(directory, result);
    expect(await readFile(join(folder, 'gradient-l2.png'))).toEqual(before);
  });

  it('says in one sentence what is missing or wrong', async () => {
    const picture = join(root, 'dim.png');
    await writeGrey(picture, 120);
    expect(await refused('perturb', '--to', '1')).toMatch(/image/);
    expect(await refused('perturb', picture)).toMatch(/--to/);
    const to = (label: string, ...more: string[]) =>
      refused('perturb', picture, '--to', label, ...flags(), ...more);
    expect(await to('dark')).toMatch(/is already taken for dark by brightness/);
    expect(await to('dim')).toMatch(/"dim" is no class of brightness/);
    expect(await to('bright', '--method', 'magic')).toMatch(
      /--method must be some of gradient, square, pixels/,
    );
    expect(await to('bright', '--norm', 'l1')).toMatch(/--norm must be some of linf, l2/);
    expect(await to('bright', '--bound', '0')).toMatch(/a whole number from 1 to 255/);
    expect(await to('bright', '--looks', '10')).toMatch(/a whole number from 50/);
    expect(await to('bright', '--with', 'nothing')).toMatch(/There is no model nothing/);
    const absent = join(root, 'absent.png');
    expect(await refused('perturb', absent, '--to', '1', ...flags())).toMatch(/There is no picture/);
    expect(await to('bright', '--out', root)).toMatch(/which no experiment has put there/);
  });
});
