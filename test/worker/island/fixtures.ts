import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { fillSpec } from '../../../protocol/spec/fill-spec.js';
import type { RunSpec, RunSpecInput } from '../../../protocol/spec/run-spec.js';
import type { Checkpoint } from '../../../protocol/wire/messages.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { createDrawnScorer } from '../../../worker/drawn-scorer.js';
import type { EmitterMaker } from '../../../worker/emitter/emitter.js';
import { emitterFor } from '../../../worker/emitter/emitters.js';
import { createIsland, type Island } from '../../../worker/island/island.js';

export const SIDE = 8;
export const CLASSES = 6;

/** A network small enough to see through: class c's logit is the mean of the c-th stripe of pixels, times 4. */
export function createStripes(): Classifier {
  const pixels = SIDE * SIDE;
  const stripe = Math.floor(pixels / CLASSES);
  return {
    engine: 'onnx',
    output: 'softmax',
    device: 'test',
    digest: 'ab'.repeat(32),
    classes: CLASSES,
    input: { layout: 'NCHW', width: SIDE, height: SIDE, channels: 'grey', scale: [1 / 255], offset: [0] },
    batch: 1,
    async classify(tensor, count) {
      const rows = new Float32Array(count * CLASSES);
      for (let image = 0; image < count; image++) {
        const exponents = Array.from({ length: CLASSES }, (_, classId) => {
          const start = image * pixels + classId * stripe;
          const sum = tensor.subarray(start, start + stripe).reduce((total, value) => total + value, 0);
          return Math.exp((4 * sum) / stripe);
        });
        const total = exponents.reduce((sum, value) => sum + value, 0);
        rows.set(
          exponents.map((value) => value / total),
          image * CLASSES,
        );
      }
      return rows;
    },
    async warmup() {},
    async close() {},
  };
}

export function stripesSpec(input: RunSpecInput = {}): RunSpec {
  return fillSpec(
    { ...input, name: 'stripes', seed: input.seed ?? 1, model: 'stripes' },
    { digest: 'ab'.repeat(32), classes: CLASSES, side: SIDE, channels: 1, batch: 4 },
  );
}

export function foundIsland(
  spec: RunSpec,
  checkpoint?: Checkpoint,
  classifier = createStripes(),
  island = 0,
  emitter: EmitterMaker = emitterFor(spec),
): Island {
  return createIsland({
    island,
    spec,
    random: randomFrom(spec.seed, 'island', island),
    scorer: createDrawnScorer({ drawer: loadDrawer(), classifier, views: spec.views }),
    emitter,
    ...(checkpoint && { checkpoint }),
  });
}

/** What an island's archive holds, comparable. */
export function contentOf(island: Island): unknown {
  return [...island.archive.elites()].map(({ classId, confidence, candidate }) => [
    classId,
    confidence,
    candidate.digest,
  ]);
}
