import { writePlain } from './augmentation.js';
import type { GradientSession } from './gradient-session.js';
import type { ImageSet } from './image-set.js';
import { frameOf, type TrainingPlan } from './training-plan.js';

/** Mean cross-entropy of a network on a set, unchanged, and the share of its images that it puts into the right class. */
export interface Evaluation {
  readonly loss: number;
  readonly accuracy: number;
}

/** Evaluates weights on all images of `set`. */
export async function evaluateWeights(
  plan: TrainingPlan,
  session: GradientSession,
  weights: readonly Float32Array[],
  set: ImageSet,
): Promise<Evaluation> {
  const frame = frameOf(plan);
  const size = frame.width * frame.height * frame.channels;
  const { classes } = plan.network;
  const images = new Float32Array(session.batch * size);
  let loss = 0;
  let right = 0;
  for (let start = 0; start < set.count; start += session.batch) {
    const count = Math.min(session.batch, set.count - start);
    for (let i = 0; i < count; i++) writePlain(set, start + i, frame, images, i * size);
    const logits = await session.logits(images, weights);
    for (let i = 0; i < count; i++) {
      const label = set.labels[start + i] as number;
      const row = logits.subarray(i * classes, (i + 1) * classes);
      loss += crossEntropy(row, label);
      right += Number(greatest(row) === label);
    }
  }
  return { loss: loss / set.count, accuracy: right / set.count };
}

/** −log softmax(logits)[label]. */
export function crossEntropy(logits: Float32Array, label: number): number {
  const top = logits[greatest(logits)] as number;
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - top), 0);
  return Math.log(sum) + top - (logits[label] as number);
}

/** The index of the greatest value, the first of equal ones. */
export function greatest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}
