import * as tf from '@tensorflow/tfjs-core';
import { BadInputError, messageOf } from '../../../protocol/base/errors.js';
import type { OutputKind } from '../../onnx/output-kind.js';
import { registerConvolutionGradients } from './convolution-gradients.js';
import { lastSoftmax } from './last-softmax.js';
import type { TfjsNetwork } from './network.js';
import { registerPoolGradients } from './pool-gradients.js';

/** Confidences below this are taken for it: their logarithm stays finite. */
const LEAST = 1e-30;

/** The scores of images and the gradient of −log p by their numbers; the caller disposes of both. */
export interface ScoresAndGradient {
  /** Shape [count, width], or what the network makes of it. */
  readonly scores: tf.Tensor;
  /** In the shape of the images. */
  readonly gradient: tf.Tensor;
}

/**
 * The gradient of −log p by `images`, summed over them, where p is the confidence in each image's class. `kind` says what
 * output `index` of the network gives, `dtype` which numbers it takes. Throws a {@link BadInputError} (`ERR_GRADIENT`) that
 * names the kernel where TensorFlow.js has no gradient; `name` is what it calls the network.
 */
export function differentiate(
  network: TfjsNetwork,
  index: number,
  images: tf.Tensor,
  classIds: readonly number[],
  {
    kind,
    dtype,
    name,
  }: { readonly kind: OutputKind; readonly dtype: 'float32' | 'int32'; readonly name: string },
): ScoresAndGradient {
  const kept: tf.Tensor[] = [];
  const softmax = lastSoftmax();
  const releases = [registerConvolutionGradients(), registerPoolGradients(), softmax.release];
  try {
    const gradientOf = tf.grad((input) => {
      const scores = network.runNow(dtype === 'int32' ? tf.cast(input, dtype) : input, index);
      kept.push(tf.keep(tf.clone(scores)));
      return kind === 'softmax' && softmax.gave(scores)
        ? lossBefore(scores, classIds)
        : lossOf(scores, classIds, kind);
    });
    const gradient = tf.tidy(() => gradientOf(images));
    const [scores] = kept;
    if (scores === undefined) throw new Error('it was not run');
    return { scores, gradient };
  } catch (cause) {
    tf.dispose(kept);
    throw new BadInputError({
      code: 'ERR_GRADIENT',
      problem: `TensorFlow.js has no gradient of ${name} (${reasonOf(cause)})`,
      fix: 'Use --engine onnx, or an emitter that needs no gradient',
      cause,
    });
  } finally {
    for (const release of releases) release();
  }
}

/** Σ −log p over the images. A score by itself, single or independent of the others, is one of two classes: itself or not. */
function lossOf(scores: tf.Tensor, classIds: readonly number[], kind: OutputKind): tf.Scalar {
  const rows = tf.reshape(scores, [classIds.length, -1]);
  const width = rows.shape[1] ?? 1;
  if (width > 1 && kind === 'sigmoid-logits') {
    const own = tf.sum(tf.mul(rows, isClass(classIds, width)), 1, true);
    return lossOf(own, new Array(classIds.length).fill(1), 'logits');
  }
  const isLogits = kind === 'logits' || kind === 'sigmoid-logits';
  const all = width > 1 ? rows : tf.concat([isLogits ? tf.zerosLike(rows) : tf.sub(1, rows), rows], 1);
  const logs = isLogits ? tf.logSoftmax(all) : tf.log(tf.maximum(all, LEAST));
  return tf.neg(tf.sum(tf.mul(logs, isClass(classIds, Math.max(2, width)))));
}

/** The same of a {@link lastSoftmax}'s confidences: its gradient is by their logarithms. */
function lossBefore(scores: tf.Tensor, classIds: readonly number[]): tf.Scalar {
  const rows = tf.reshape(scores, [classIds.length, -1]);
  const loss = tf.customGrad((all) => {
    const confidences = all as tf.Tensor;
    const wanted = isClass(classIds, confidences.shape[1] ?? 1);
    const logs = tf.log(tf.maximum(confidences, LEAST));
    return {
      value: tf.neg(tf.sum(tf.mul(logs, wanted))),
      gradFunc: (by: tf.Tensor) => tf.neg(tf.mul(isClass(classIds, confidences.shape[1] ?? 1), by)),
    };
  });
  return loss(rows) as tf.Scalar;
}

/** 1 for the class of each image, 0 for the others: [count, classes]. */
function isClass(classIds: readonly number[], classes: number): tf.Tensor {
  return tf.cast(tf.oneHot(tf.tensor1d([...classIds], 'int32'), classes), 'float32');
}

/** TensorFlow.js says much about what its caller may have done wrong; what is missing is in its first sentence. */
function reasonOf(cause: unknown): string {
  const message = messageOf(cause);
  const kernel = /gradient function not found for (\w+)|Kernel '(\w+)' not registered/.exec(message);
  const missing = kernel?.[1] ?? kernel?.[2];
  return missing === undefined ? message.replace(/\.\s[\s\S]*$/, '') : `the kernel ${missing} lacks one`;
}
