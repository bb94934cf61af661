import { createHash } from 'node:crypto';
import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { bayes, type GenerativeModel, judgeOf } from './generative-model.js';

/** What a generative classifier tells of an image besides its classes. */
export interface GenerativeOptions {
  readonly model: GenerativeModel;
  /** Of the images: the network's input that it is compared with, grey, one byte a pixel as it comes. */
  readonly view: Pick<TensorSpec, 'width' | 'height'>;
  /** Log density below which an image is "none of these"; −Infinity: there is no such class. */
  readonly threshold: number;
}

const BATCH = 64;

/**
 * A generative model as a classifier of grey images, by Bayes' rule. With a threshold the evolution is given what leads it
 * there: confidences as {@link guided} has them, since true ones are 0 in all digits that a number holds, far below the threshold.
 */
export function createGenerativeClassifier({ model, view, threshold }: GenerativeOptions): Classifier {
  const classes = model.mixtures.length;
  const pixels = view.width * view.height;
  const judge = judgeOf(model);
  const row = new Float32Array(classes);
  let closed = false;
  return {
    engine: 'bayes',
    device: 'cpu',
    digest: createHash('sha256').update(JSON.stringify(model)).digest('hex'),
    classes,
    input: { ...view, layout: 'NCHW', channels: 'grey', scale: [1 / 255], offset: [0] },
    output: 'softmax',
    batch: BATCH,
    async classify(tensor, count) {
      if (closed) throw new Error('the classifier is closed');
      const out = new Float32Array(count * classes);
      for (let i = 0; i < count; i++) {
        const judgement = judge(tensor.subarray(i * pixels, (i + 1) * pixels));
        bayes(judgement, Number.NEGATIVE_INFINITY, row);
        const share = guided(judgement.density - threshold);
        for (let c = 0; c < classes; c++) out[i * classes + c] = share * (row[c] as number);
      }
      return out;
    },
    async warmup() {},
    async close() {
      closed = true;
    },
  };
}

/** Nats below the threshold at which half of ½ is left. */
const SLOPE = 100;

/**
 * What an image whose log density is `margin` nats above the threshold is worth to an evolution, 0 … 1: above it, what Bayes' rule
 * leaves for the classes, σ(margin), from ½ on; below, ½ / (1 − margin / 100), which rises with the density everywhere.
 */
export function guided(margin: number): number {
  return margin >= 0 ? 1 / (1 + Math.exp(-margin)) : 0.5 / (1 - margin / SLOPE);
}
