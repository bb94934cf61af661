import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { crossEntropy } from '../../../worker/training/evaluation.js';
import type { GradientSession } from '../../../worker/training/gradient-session.js';
import { initialWeights } from '../../../worker/training/initial-weights.js';
import { type NetworkPlan, weightShapes } from '../../../worker/training/network-plan.js';
import { openGradientSession } from '../../../worker/training/onnx-session.js';
import { EVERY_LAYER, PLAIN, POOLED } from './small.js';

const BATCH = 5;

describe.each([
  ['every kind of layer', EVERY_LAYER],
  ['plain filters and a dense layer on planes', PLAIN],
  ['pools behind pools', POOLED],
])('the loss of a network with %s', (_, plan: NetworkPlan) => {
  const random = randomFrom(1, 'test', 'gradients');
  const size = plan.channels * plan.width * plan.height;
  const images = Float32Array.from({ length: BATCH * size }, () => random.uniform());
  // The first is blank: all numbers of a pool's window are equal, and one of them alone may count.
  images.fill(0, 0, size);
  const labels = Array.from({ length: BATCH }, (_, i) => i % plan.classes);
  const targets = new Float32Array(BATCH * plan.classes);
  labels.forEach((label, i) => {
    targets[i * plan.classes + label] = 1;
  });
  // Shifts that are not 0, so that no rectifier stands at its corner.
  const weights = initialWeights(plan, random).map((values) =>
    values.map((value) => value + 0.2 * random.uniform()),
  );
  let session: GradientSession;
  beforeAll(async () => {
    session = await openGradientSession(plan, BATCH);
  });
  afterAll(() => session.close());

  it('is the mean cross-entropy of its logits', async () => {
    const { loss, logits } = await session.gradients(images, targets, weights);
    const rows = labels.map((label, i) =>
      crossEntropy(logits.subarray(i * plan.classes, (i + 1) * plan.classes), label),
    );
    expect(loss).toBeCloseTo(rows.reduce((sum, each) => sum + each, 0) / BATCH, 5);
    expect(await session.logits(images, weights)).toEqual(logits);
  });

  it('has the gradients by all tensors of weights that finite differences find', async () => {
    const { gradients } = await session.gradients(images, targets, weights);
    for (const [t, { name }] of weightShapes(plan).entries()) {
      const values = weights[t] as Float32Array;
      const direction = values.map(() => random.uniform() - 0.5);
      const slope = direction.reduce((sum, each, i) => sum + each * (gradients[t]?.[i] as number), 0);
      const step = 1e-3;
      const lossAt = async (distance: number) => {
        const moved = weights.with(
          t,
          values.map((value, i) => value + distance * (direction[i] as number)),
        );
        return (await session.gradients(images, targets, moved)).loss;
      };
      const found = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
      expect(Math.abs(found - slope), name).toBeLessThan(2e-3 * Math.max(1, Math.abs(slope)));
    }
  });
});
