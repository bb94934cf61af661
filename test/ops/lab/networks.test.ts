import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasMnist, MNIST } from '../../worker/digits/mnist-files.js';
import { callAtoll } from '../call.js';

/** Experiments on real networks, against what is known of them; left out where their files are absent. */

const PHOTOS = '../shared/imagenet/photos';
const SQUEEZENET = '../shared/models/onnx/squeezenet1.1-7.onnx';
const MOBILENET = '../shared/models/onnx/mobilenet_v1_0.25_224.onnx';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-networks-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function calibrate(...args: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const { code, stdout, stderr } = await callAtoll([
    'calibrate',
    ...args,
    '--out',
    join(root, args.length.toString()),
    '--json',
  ]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

describe('the calibration of real networks', () => {
  it.skipIf(!hasMnist)(
    'of the shipped one on MNIST: as accurate as its card says, and very certain (needs ../shared)',
    async () => {
      const found = await calibrate('--images', MNIST);
      expect(found.accuracy).toBe(0.9927);
      expect(found.medianConfidence).toBeGreaterThan(0.99);
      expect(found.expectedCalibrationError).toBeLessThan(0.01);
    },
  );

  it.skipIf(!existsSync(PHOTOS) || !existsSync(MOBILENET))(
    'of MobileNet on photographs: what is known of a thousand of them, within what a hundred can tell (needs ../shared)',
    async () => {
      const found = await calibrate('--model', MOBILENET, '--images', PHOTOS);
      // 57.6 % and a median of .46 on 1,000; the share among 100 has a standard deviation of 5 %.
      expect(Math.abs((found.accuracy ?? 0) - 0.576)).toBeLessThan(0.1);
      expect(Math.abs((found.medianConfidence ?? 0) - 0.46)).toBeLessThan(0.1);
    },
  );
});

describe('the smallest change of a photograph', () => {
  it.skipIf(!existsSync(PHOTOS) || !existsSync(SQUEEZENET))(
    'turns a tench into a class that is drawn on SqueezeNet, by 8/255 at the most (needs ../shared)',
    async () => {
      const out = join(root, 'perturbed');
      const { code, stdout, stderr } = await callAtoll([
        ...['perturb', `${PHOTOS}/000_n01440764.jpg`, '--to', 'random', '--model', SQUEEZENET],
        ...['--norm', 'linf', '--out', out, '--json'],
      ]);
      expect(code, stderr).toBe(0);
      const [change] = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '').changes;
      expect(change).toMatchObject({ reached: true, linf: expect.any(Number) });
      expect(change.linf).toBeLessThanOrEqual(8);
    },
  );
});
