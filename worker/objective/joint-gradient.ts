import type { ClassGradient } from '../classifier/classifier.js';
import { inOrder, type Joining, joinRows } from './joining.js';

/** Asks a network for its gradient of each image's class, given in its own order of classes. */
export type GradientAsker = (classIds: readonly number[]) => Promise<ClassGradient>;

/**
 * The joint confidences of images in every class, and the gradient of −log of the joint confidence in an image's class. All
 * networks are asked, one after the other, about the same images; their gradients have one shape. `classIds` has one class an
 * image, in the first network's order.
 */
export async function jointGradient(
  askers: readonly GradientAsker[],
  joining: Joining,
  classIds: readonly number[],
): Promise<ClassGradient> {
  const { orders } = joining;
  const answers: ClassGradient[] = [];
  for (const [i, ask] of askers.entries()) {
    answers.push(await ask(classIds.map((classId) => orders[i]?.[classId] ?? classId)));
  }
  const found = answers.map(({ confidences, gradient }, i) => ({
    confidences: inOrder(confidences, orders[i] ?? []),
    gradient,
  }));
  return {
    confidences: joinRows(
      answers.map(({ confidences }) => confidences),
      joining,
    ),
    gradient: joined(found, classIds, joining.reduce),
  };
}

/**
 * The gradient of −log p, where p is the least or the mean of the networks' confidences in an image's class, from the
 * gradients gᵢ of −log pᵢ: that of the least certain network, or Σ pᵢgᵢ / Σ pᵢ (the chain rule). Shape [images, n].
 */
function joined(
  found: readonly ClassGradient[],
  classIds: readonly number[],
  reduce: Joining['reduce'],
): Float32Array {
  const count = classIds.length;
  const gradient = new Float32Array(found[0]?.gradient.length ?? 0);
  const length = gradient.length / count;
  for (const [image, classId] of classIds.entries()) {
    const confidences = found.map(
      (each) => each.confidences[(image * each.confidences.length) / count + classId] ?? 0,
    );
    const weights = reduce === 'mean' ? shares(confidences) : theLeast(confidences);
    for (const [i, each] of found.entries()) {
      const weight = weights[i] ?? 0;
      for (let at = image * length; at < (image + 1) * length; at++) {
        gradient[at] = (gradient[at] ?? 0) + weight * (each.gradient[at] ?? 0);
      }
    }
  }
  return gradient;
}

/** Shares of a sum; equal ones where it is 0. */
function shares(values: readonly number[]): number[] {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => (sum > 0 ? value / sum : 1 / values.length));
}

function theLeast(values: readonly number[]): number[] {
  const at = values.indexOf(Math.min(...values));
  return values.map((_, i) => (i === at ? 1 : 0));
}
