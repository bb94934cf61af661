import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InterruptedError } from '../../../protocol/base/errors.js';
import { type DigitsTraining, trainDigits } from '../../../worker/digits/train.js';
import { resolveModel } from '../../../worker/model/resolve.js';
import { barDigits, writeMnist } from './mnist-files.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-training-'));
  await writeMnist(dir, 'train', barDigits(256, 1));
  await writeMnist(dir, 'test', barDigits(100, 2));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function training(out: string, rest: Partial<DigitsTraining> = {}): DigitsTraining {
  return { data: dir, out: join(dir, out), seed: 3, epochs: 2, ...rest };
}

async function filesOf(out: string): Promise<Record<string, string>> {
  const names = (await readdir(join(dir, out))).sort();
  const contents = names.map(async (name) => [
    name,
    (await readFile(join(dir, out, name))).toString('base64'),
  ]);
  return Object.fromEntries(await Promise.all(contents));
}

/** Aborts in the middle of the given epoch. */
function stopIn(epoch: number): Pick<DigitsTraining, 'signal' | 'onStep'> {
  const stop = new AbortController();
  const onStep: DigitsTraining['onStep'] = (step) => {
    if (step.epoch === epoch && step.step === 3) stop.abort();
  };
  return { signal: stop.signal, onStep };
}

describe('training', () => {
  it('learns, and states the accuracy it has reached in the card', async () => {
    const epochs: number[] = [];
    const losses: number[] = [];
    const accuracy = await trainDigits(
      training('out', {
        epochs: 4,
        onEpoch: (epoch) => epochs.push(epoch),
        onStep: ({ loss }) => losses.push(loss),
      }),
    );
    expect(epochs).toEqual([1, 2, 3, 4]);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
    expect(accuracy).toBeGreaterThan(0.6);
    const model = await resolveModel(join(dir, 'out'));
    expect(model).toMatchObject({ format: 'tfjs-layers', output: 'softmax', about: { accuracy, seed: 3 } });
    expect(model.input).toMatchObject({
      layout: 'NHWC',
      width: 28,
      height: 28,
      channels: 'grey',
      scale: [1 / 255],
    });
    expect(model.labels).toEqual([...'0123456789']);
  });

  it('gives the same bytes for the same seed, others for another', async () => {
    await trainDigits(training('a', { epochs: 1 }));
    await trainDigits(training('b', { epochs: 1 }));
    await trainDigits(training('c', { epochs: 1, seed: 4 }));
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(filesOf));
    expect(b).toEqual(a);
    expect(Object.keys(a ?? {})).toEqual(['card.yaml', 'model.json', 'weights.bin']);
    expect(c?.['weights.bin']).not.toBe(a?.['weights.bin']);
  });

  it('goes on after an interruption to the bytes of an uninterrupted one', async () => {
    await trainDigits(training('whole'));
    await expect(trainDigits(training('cut', stopIn(1)))).rejects.toBeInstanceOf(InterruptedError);
    expect(Object.keys(await filesOf('cut'))).toEqual(['checkpoint.bin']);
    const epochs: number[] = [];
    await trainDigits(training('cut', { onEpoch: (epoch) => epochs.push(epoch) }));
    expect(epochs).toEqual([2]);
    expect(await filesOf('cut')).toEqual(await filesOf('whole'));
  });

  it('does not go on from a checkpoint of another plan, nor from a damaged one, unless told to start anew', async () => {
    await expect(trainDigits(training('out', stopIn(1)))).rejects.toBeInstanceOf(InterruptedError);
    await expect(trainDigits(training('out', { seed: 9 }))).rejects.toMatchObject({
      code: 'ERR_CHECKPOINT',
      message: expect.stringMatching(/seed 3 .* seed 9 .*--restart/),
    });
    const file = join(dir, 'out', 'checkpoint.bin');
    const bytes = await readFile(file);
    for (const damaged of [
      bytes.subarray(0, 5000),
      bytes.subarray(0, 3),
      Buffer.alloc(0),
      bytes.fill(1, 9000, 9001),
    ]) {
      await writeFile(file, damaged);
      await expect(trainDigits(training('out'))).rejects.toMatchObject({ code: 'ERR_CHECKPOINT' });
    }
    await trainDigits(training('out', { epochs: 1, restart: true }));
    expect(Object.keys(await filesOf('out'))).toEqual(['card.yaml', 'model.json', 'weights.bin']);
  });
});
