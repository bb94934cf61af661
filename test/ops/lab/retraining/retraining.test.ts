import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAPER, toSvg } from '../../../../ops/lab/figures/svg.js';
import { withEvolved } from '../../../../ops/lab/retraining/class-of-evolved.js';
import { RETRAINING } from '../../../../ops/lab/retraining/experiment.js';
import { type Round, roundFigures } from '../../../../ops/lab/retraining/retraining.js';
import {
  goThroughRounds,
  type RetrainingRequest,
  roundDirectory,
} from '../../../../ops/lab/retraining/rounds.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import type { ImageSet } from '../../../../worker/training/image-set.js';
import { lenet } from '../../../../worker/training/network-plan.js';
import { planOf } from '../../../worker/training/small.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-retrain-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const SIDE = 16;

/** Bright on the left (class 0) or on the right (class 1), with noise. */
function halves(count: number, seed: number): ImageSet {
  const random = randomFrom(seed, 'test', 'halves');
  const pixels = Uint8Array.from({ length: count * SIDE * SIDE }, (_, i) => {
    const isRight = i % SIDE >= SIDE / 2;
    const label = Math.floor(i / (SIDE * SIDE)) % 2;
    return (Number(isRight) === label ? 200 : 0) + random.below(50);
  });
  return {
    count,
    width: SIDE,
    height: SIDE,
    channels: 1,
    pixels,
    labels: Uint16Array.from({ length: count }, (_, i) => i % 2),
    classes: ['left', 'right'],
  };
}

function request(directory: string, changes: Partial<RetrainingRequest> = {}): RetrainingRequest {
  return {
    directory: join(root, directory),
    real: halves(60, 1),
    test: halves(20, 2),
    plan: planOf(lenet(SIDE, SIDE, 1, 2), { batch: 10, epochs: 2, rate: 0.005 }),
    from: 'previous',
    encoding: 'cppn',
    evolutions: 2,
    evaluations: 300,
    images: 12,
    rounds: 2,
    ...changes,
  };
}

describe('the class of evolved images', () => {
  const real = halves(60, 1);
  const image = (value: number) => new Uint8Array(SIDE * SIDE).fill(value);

  it('is as large as the mean real class, by turns, and comes last', () => {
    const set = withEvolved(real, [image(7), image(8)]);
    expect(set.count).toBe(90);
    expect(set.classes).toEqual(['left', 'right', 'none of these']);
    expect(set.labels.filter((label) => label === 2)).toHaveLength(30);
    const added = set.pixels.subarray(60 * SIDE * SIDE);
    expect([0, 1, 2, 3].map((i) => added[i * SIDE * SIDE])).toEqual([7, 8, 7, 8]);
  });

  it('has all of them where there are more, and is empty without any', () => {
    const many = Array.from({ length: 40 }, (_, i) => image(i));
    expect(withEvolved(real, many).count).toBe(100);
    expect(withEvolved(real, [])).toMatchObject({ count: 60, classes: ['left', 'right', 'none of these'] });
  });
});

describe('rounds of retraining', () => {
  it('add what fools each network to the next, and end the same whenever they were cut off', async () => {
    const whole = await goThroughRounds(request('whole'));
    expect(whole.map(({ round }) => round)).toEqual([0, 1, 2]);
    expect(whole[0]?.trainedOn).toBe(0);
    expect(whole[1]?.trainedOn).toBe(whole[0]?.kept);
    expect(whole[0]?.kept).toBeGreaterThan(0);
    expect(whole[2]?.trainedOn).toBe((whole[0]?.kept ?? 0) + (whole[1]?.kept ?? 0));
    expect(whole[0]?.accuracy).toBeGreaterThan(0.9);
    for (const { confidences } of whole) expect(confidences.map(({ length }) => length)).toEqual([2, 2]);

    // Cut off in the middle of round 1: in its training, then between training and evolution.
    const stop = new AbortController();
    const cut = request('cut', {
      signal: stop.signal,
      onProgress: (round, what, done) => {
        if (round === 1 && what === 'images' && done > 80) stop.abort();
      },
    });
    await expect(goThroughRounds(cut)).rejects.toThrow();
    expect(await readdir(roundDirectory(cut.directory, 1))).toEqual(['checkpoint.bin']);
    const again = new AbortController();
    await expect(
      goThroughRounds(
        request('cut', {
          signal: again.signal,
          onProgress: (round, what) => {
            if (round === 1 && what === 'evaluations') again.abort();
          },
        }),
      ),
    ).rejects.toThrow();
    expect(await readdir(roundDirectory(cut.directory, 1))).toContain('card.yaml');
    expect(await goThroughRounds(request('cut'))).toEqual(whole);
    for (const file of ['model.onnx', 'weights.bin', 'evolved.bin', 'round.json']) {
      const bytes = (name: string) => readFile(join(roundDirectory(join(root, name), 2), file));
      expect((await bytes('cut')).equals(await bytes('whole')), file).toBe(true);
    }
  });

  it('go on to more rounds, but not with other options', async () => {
    const first = await goThroughRounds(request('more', { rounds: 0, from: 'fresh' }));
    const more = await goThroughRounds(request('more', { rounds: 1, from: 'fresh' }));
    expect(more[0]).toEqual(first[0]);
    expect(more).toHaveLength(2);
    await expect(goThroughRounds(request('more', { from: 'fresh', evaluations: 301 }))).rejects.toMatchObject(
      {
        code: 'ERR_CHECKPOINT',
        message: expect.stringMatching(/evaluations was 300 there and is 301 here/),
      },
    );
  });
});

describe('the report of a retraining', () => {
  const round = (index: number, confidences: number[][]): Round => ({
    round: index,
    trainedOn: 10 * index,
    accuracy: 0.99 - 0.001 * index,
    confidences,
    evaluations: 100,
    kept: 10,
  });
  const rounds = [
    round(0, [[1, 0.99999, 0.5]]),
    round(1, [
      [0.2, 0.4, 0.9],
      [0.1, 0.3, 0.6],
    ]),
  ];

  it('takes the median over classes of each evolution, and the median of these', () => {
    expect(roundFigures(rounds[0] as Round)).toMatchObject({ median: 0.99999, certain: 2 / 3 });
    const figures = roundFigures(rounds[1] as Round);
    expect(figures.median).toBeCloseTo(0.35, 9);
    expect([figures.least, figures.greatest, figures.certain]).toEqual([0.3, 0.4, 0]);
  });

  it('says both ends, and has a row and a point a round', () => {
    const result = RETRAINING.resultOf({
      data: 'a test',
      labels: ['a', 'b', 'c'],
      network: 'lenet',
      encoding: 'cppn',
      from: 'previous',
      seed: 1,
      rounds,
    });
    expect(result.lede).toMatch(/0\.9999 before any retraining and 0\.3500 after 1 round;.*98\.9 %/);
    expect(result.table.rows).toHaveLength(2);
    expect(toSvg(result.figure, PAPER)).toContain('round');
    expect(RETRAINING.read(result.data, 'data.json').lede).toBe(result.lede);
  });
});
