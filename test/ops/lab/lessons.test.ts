import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MNIST } from '../../worker/digits/mnist-files.js';
import { callAtoll } from '../call.js';
import { refused } from './answers.js';

/** The two experiments that evolve against networks of their own, as commands. */

const LAB = ['data.json', 'figure.png', 'figure.svg', 'index.html', 'table.csv'];

const MOBILENET = '../shared/models/onnx/mobilenet_v1_0.25_224.onnx';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-lessons-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('atoll shortcut', () => {
  it('needs nothing but itself, and leaves a folder like every experiment', async () => {
    const out = join(root, 'shortcut');
    const sizes = '--pictures 150 --epochs 1 --evolutions 1 --evaluations 200'.split(' ');
    const { code, stdout, stderr } = await callAtoll(['shortcut', ...sizes, '--out', out, '--json']);
    expect(code, stderr).toBe(0);
    const { trainings } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(trainings).toHaveLength(2);
    expect((await readdir(out)).sort()).toEqual(LAB);
  });
});

describe('atoll generative', () => {
  it('says what it cannot be fitted to', async () => {
    expect(await refused('generative', '--data', join(root, 'nowhere'))).toContain('nowhere');
    expect(await refused('generative', '--data', MNIST, '--run', root, '--model', 'digits')).toContain(
      '--run',
    );
  });

  it.skipIf(!existsSync(MOBILENET))('refuses a network for photographs (needs ../shared)', async () => {
    expect(await refused('generative', '--data', MNIST, '--model', MOBILENET)).toContain('in colour');
  });
});
