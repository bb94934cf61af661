import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../../worker/classifier/open.js';
import { writePlain } from '../../../worker/training/augmentation.js';
import { identityOf, readCheckpoint, writeCheckpoint } from '../../../worker/training/checkpoint.js';
import { trainEpoch } from '../../../worker/training/epoch.js';
import type { GradientSession } from '../../../worker/training/gradient-session.js';
import type { NetworkPlan } from '../../../worker/training/network-plan.js';
import { openGradientSession } from '../../../worker/training/onnx-session.js';
import { trainFolder } from '../../../worker/training/train-folder.js';
import { trainNetwork } from '../../../worker/training/train-network.js';
import { frameOf } from '../../../worker/training/training-plan.js';
import { finalWeights, initialState } from '../../../worker/training/training-state.js';
import { EVERY_LAYER, PLAIN, POOLED, planOf, randomSet } from './small.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-training-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const AUGMENTED = {
  augmentation: { shift: 0.1, rotation: 5, scale: 1.1, colour: 0.3, mirror: true, erase: 0.3 },
};

function dataOf(network: NetworkPlan) {
  return { train: randomSet(network, 24), validation: randomSet(network, 8, 2) };
}

async function withSession<T>(
  network: NetworkPlan,
  batch: number,
  use: (session: GradientSession) => Promise<T>,
): Promise<T> {
  const session = await openGradientSession(network, batch);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

describe('training', () => {
  it.each([
    ['adam', EVERY_LAYER, 0.02],
    ['sgd', EVERY_LAYER, 0.05],
    ['adam', PLAIN, 0.02],
  ] as const)('by %s learns a few random images by heart', async (optimiser, network, rate) => {
    const train = randomSet(network, 12);
    const plan = planOf(network, { optimiser, rate, epochs: 120 });
    const state = await withSession(network, plan.batch, (session) =>
      trainNetwork(plan, initialState(plan), { train, validation: train }, session),
    );
    expect(state.history.at(-1)?.accuracy).toBe(1);
    expect(state.history.at(-1)?.validationLoss).toBeLessThan(state.history[0]?.validationLoss ?? 0);
  });

  it('gives the same bytes from the same seed, and from another seed others', async () => {
    const data = dataOf(EVERY_LAYER);
    const weightsOf = (seed: number) => {
      const plan = planOf(EVERY_LAYER, { ...AUGMENTED, seed });
      return withSession(EVERY_LAYER, plan.batch, async (session) => {
        const state = await trainNetwork(plan, initialState(plan), data, session);
        return finalWeights(plan, state);
      });
    };
    const [first, second, other] = [await weightsOf(1), await weightsOf(1), await weightsOf(2)];
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('goes on from a checkpoint after each epoch to the bytes that it would have had', async () => {
    const plan = planOf(EVERY_LAYER, { ...AUGMENTED, patience: 2 });
    const data = dataOf(EVERY_LAYER);
    const identity = identityOf(plan, data);
    const path = join(directory, 'checkpoint.bin');
    await withSession(EVERY_LAYER, plan.batch, async (session) => {
      const whole = await trainNetwork(plan, initialState(plan), data, session);
      let state = initialState(plan);
      while (state.history.length < whole.history.length) {
        state = await trainEpoch(plan, state, data, session);
        await writeCheckpoint(path, identity, state);
        const kept = await readCheckpoint(path, identity);
        if (kept === undefined) throw new Error('there is no checkpoint');
        state = kept;
      }
      expect(state).toEqual(whole);
    });
  });

  it('ends when the validation images stall, with the weights of the best epoch', async () => {
    const plan = planOf(PLAIN, { epochs: 40, patience: 3 });
    const data = dataOf(PLAIN);
    await withSession(PLAIN, plan.batch, async (session) => {
      const best: (readonly Float32Array[])[] = [];
      const state = await trainNetwork(plan, initialState(plan), data, session, {
        onEpoch: ({ weights }) => void best.push(weights),
      });
      const { history } = state;
      expect(history.length).toBeLessThan(40);
      expect(finalWeights(plan, state)).toEqual(best[history.length - 1 - plan.patience]);
    });
  });
});

describe('a checkpoint', () => {
  it('of another training is refused, and the error says what differs', async () => {
    const path = join(directory, 'other.bin');
    const plan = planOf(PLAIN);
    const data = dataOf(PLAIN);
    await writeCheckpoint(path, identityOf(plan, data), initialState(plan));
    await expect(readCheckpoint(path, identityOf({ ...plan, seed: 9 }, data))).rejects.toThrow(
      /seed was 3 there and is 9 here/,
    );
    const other = { ...data, train: randomSet(PLAIN, 24, 7) };
    await expect(readCheckpoint(path, identityOf(plan, other))).rejects.toThrow(
      /the train images are others/,
    );
  });
});

describe('a trained network', () => {
  it.each([
    ['float32', EVERY_LAYER, 1e-5],
    ['float16', EVERY_LAYER, 5e-3],
    ['float32', PLAIN, 1e-5],
    ['float32', POOLED, 1e-5],
  ] as const)(
    'as %s opens from its folder, and says what it said in training',
    async (format, network, most) => {
      const plan = planOf(network, { patience: 2 });
      const data = dataOf(network);
      const out = join(directory, `network-${format}-${network.width}`);
      const about = { source: 'a test', data: 'noise', rebuild: 'a test', notes: 'none' };
      let weights: readonly Float32Array[] = [];
      const trained = await trainFolder({
        plan,
        data,
        out,
        format,
        open: openGradientSession,
        about,
        onEpoch: (state) => {
          weights = finalWeights(plan, state);
        },
      });
      const size = network.channels * network.width * network.height;
      const images = new Float32Array(plan.batch * size);
      for (let i = 0; i < plan.batch; i++) writePlain(data.validation, i, frameOf(plan), images, i * size);
      const { model, classifier } = await openModel(out, {}, { engine: 'onnx', device: 'cpu' });
      try {
        expect(model.labels).toEqual(data.train.classes);
        expect(classifier.input.width).toBe(network.width);
        const confidences = await classifier.classify(images, plan.batch);
        const logits = await withSession(network, plan.batch, (session) => session.logits(images, weights));
        for (let i = 0; i < plan.batch; i++) {
          const row = logits.subarray(i * network.classes, (i + 1) * network.classes);
          const sum = row.reduce((total, each) => total + Math.exp(each), 0);
          row.forEach((logit, c) => {
            expect(confidences[i * network.classes + c]).toBeCloseTo(
              Math.exp(logit) / sum,
              -Math.log10(most * 2),
            );
          });
        }
      } finally {
        await classifier.close();
      }
      expect(await readFile(join(out, 'card.yaml'), 'utf8')).toContain(`accuracy: ${trained.accuracy}`);
      await expect(
        trainFolder({ plan, data, out, format, open: openGradientSession, about }),
      ).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    },
  );
});
