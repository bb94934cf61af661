import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPERIMENTS } from '../../../ops/lab/experiments.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { barDigits, writeMnist } from '../../worker/digits/mnist-files.js';
import { evolveSmallRun } from '../small-run.js';
import { good, refused } from './answers.js';

/** `atoll report` makes the figures of every experiment again: all commands, as small as they go. */

const PICTURE = 'ops/pictures/traffic-light.png';

let root: string;
let run: string;
let data: string;
/** Small pictures of two classes: a plane of principal components of them is found at once. */
let halves: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-again-'));
  run = await evolveSmallRun(root);
  data = join(root, 'mnist');
  await mkdir(data);
  await writeMnist(data, 'train', barDigits(200, 1));
  await writeMnist(data, 'test', barDigits(60, 2));
  halves = join(root, 'halves');
  await writeHalves(halves, 60);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A command, what has to be done before it, what `report` is asked for then, and the folder of the experiment in it. */
interface Case {
  readonly first?: readonly string[];
  readonly args: readonly string[];
  readonly report: string;
  readonly folder: string;
}

/** Of every experiment; `out` is a path that nothing has. */
const CASES: Readonly<Record<string, (out: string) => Case>> = {
  calibrate: () => ofRun('calibrate', '--run', run, '--images', data, '--at-most', '40'),
  transfer: () => ofRun('transfer', '--run', run, '--to', 'digits-2'),
  occlude: () => ofRun('occlude', '--run', run, '--class', '3'),
  ablate: () => ofRun('ablate', '--run', run, '--class', '2', '--period', '7,0/0,7', '--orders', '2'),
  perturb: (out) => alone(out, ['perturb', PICTURE, '--to', '3', '--model', 'digits', '--steps', '5']),
  compare: (out) => alone(out, ['compare', run, run]),
  retrain: (out) => {
    const few = '--rounds 1 --epochs 1 --evolutions 1 --evaluations 300'.split(' ');
    return inside(out, ['retrain', '--data', data, ...few]);
  },
  generative: (out) => ({
    ...alone(out, ['generative', '--data', halves, '--model', join(root, 'halved'), '--evaluations', '100']),
    first: [
      'train',
      '--data',
      halves,
      '--out',
      join(root, 'halved'),
      ...'--size 16 --channels grey --epochs 1'.split(' '),
    ],
  }),
  shortcut: (out) =>
    alone(out, 'shortcut --pictures 150 --epochs 1 --evolutions 1 --evaluations 200'.split(' ')),
  train: (out) => inside(out, ['train', '--data', data, '--epochs', '2']),
  ascend: (out) => {
    const args = ['ascend', '--class', '3', '--compare', '--steps', '10', '--seed', '1', '--name', 'climb'];
    const folder = join(out, 'climb');
    return { args: [...args, '--runs', out], report: folder, folder: join(folder, 'lab/ascend') };
  },
};

function ofRun(...args: readonly string[]): Case {
  const isOfImage = args.includes('--class');
  const name = `${args[0]}${isOfImage ? `-class-${args[args.indexOf('--class') + 1]}` : ''}`;
  return { args, report: run, folder: join(run, 'lab', name) };
}

function alone(out: string, args: readonly string[]): Case {
  return { args: [...args, '--out', out], report: out, folder: out };
}

function inside(out: string, args: readonly string[]): Case {
  return { args: [...args, '--out', out], report: out, folder: join(out, 'report') };
}

/** The SHA-256 of every file below a folder, by its path in it. */
async function filesIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = async (path: string) => {
    const digest = createHash('sha256').update(await readFile(path));
    return [path.slice(folder.length + 1), digest.digest('hex')] as const;
  };
  return new Map(await Promise.all(paths.sort().map(read)));
}

/** Grey pictures of 16 × 16, bright on the left or on the right, under noise: a folder for each class. */
async function writeHalves(folder: string, count: number): Promise<void> {
  const side = 16;
  const random = randomFrom(1, 'test', 'halves');
  for (const [label, name] of ['left', 'right'].entries()) {
    await mkdir(join(folder, name), { recursive: true });
    for (let i = 0; i < count; i++) {
      const levels = Array.from({ length: side * side }, (_, at) => {
        const isRight = at % side >= side / 2;
        return random.below(60) + (Number(isRight) === label ? 180 : 0);
      });
      await sharp(Buffer.from(levels), { raw: { width: side, height: side, channels: 1 } })
        .png()
        .toFile(join(folder, name, `${i}.png`));
    }
  }
}

describe('what atoll report makes again', () => {
  it('is of every experiment that there is', () => {
    expect(Object.keys(CASES).sort()).toEqual(EXPERIMENTS.map(({ name }) => name).sort());
  });

  it.each(Object.keys(CASES))('is what %s made, byte for byte, of its data alone', async (name) => {
    const made = CASES[name]?.(join(root, `out-${name}`));
    if (made === undefined) throw new Error(`no case for ${name}`);
    if (made.first) await good(...made.first);
    await good(...made.args);
    const before = await filesIn(made.folder);
    expect([...before.keys()]).toEqual(
      expect.arrayContaining(['data.json', 'figure.png', 'figure.svg', 'index.html', 'table.csv']),
    );
    for (const file of before.keys()) if (file !== 'data.json') await rm(join(made.folder, file));
    const { experiments } = await good<{ experiments: string[] }>('report', made.report);
    expect(experiments).toContain(name);
    expect(await filesIn(made.folder)).toEqual(before);
  });

  it('is all experiments of a folder; flags of a report on a run are refused', async () => {
    const { experiments, directories } = await good<{ experiments: string[]; directories: string[] }>(
      'report',
      join(run, 'lab'),
    );
    expect(experiments).toEqual(['ablate', 'calibrate', 'occlude', 'transfer']);
    expect(directories[1]).toBe(join(run, 'lab/calibrate'));
    expect(await refused('report', join(run, 'lab'), '--out', root)).toMatch(/holds experiments alone/);
    expect(await refused('report', join(root, 'nothing'))).toMatch(/is not a run directory/);
  });
});
