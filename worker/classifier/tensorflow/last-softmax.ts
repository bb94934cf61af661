import * as tf from '@tensorflow/tfjs-core';
import { replaceKernel } from './kernels.js';

const SOFTMAX = 'Softmax';
const IDENTITY = 'Identity';

/**
 * A softmax that is differentiated together with the logarithm that follows it, for TensorFlow.js's wasm backend. By itself
 * its slope vanishes with the confidence, and a class that is out of reach in single precision has no direction.
 */
export interface LastSoftmax {
  /** Whether `scores` are what a softmax gave: those that are asked about last are differentiated so. */
  gave(scores: tf.Tensor): boolean;
  /** Puts back what was there. */
  release(): void;
}

/** The gradient by the result that was asked about last is taken for one by its logarithm. */
export function lastSoftmax(): LastSoftmax {
  /** Data that a softmax gave, and copies of it: what they were copied from. */
  const origins = new WeakMap<object, object>();
  let last: object | undefined;
  const releases = [
    replaceKernel(SOFTMAX, (original) => (call) => {
      const result = ran(original, call);
      origins.set(result.dataId, result.dataId);
      return result;
    }),
    // What a gradient is computed from is a copy.
    replaceKernel(IDENTITY, (original) => (call) => {
      const result = ran(original, call);
      const origin = origins.get(call.inputs.x?.dataId ?? result.dataId);
      if (origin !== undefined) origins.set(result.dataId, origin);
      return result;
    }),
  ];
  const config = tf.getGradient(SOFTMAX);
  tf.unregisterGradient(SOFTMAX);
  tf.registerGradient({
    ...config,
    gradFunc(dy, saved, attributes) {
      const [y] = saved;
      const isLast = y !== undefined && last !== undefined && origins.get(y.dataId) === last;
      if (!isLast || Array.isArray(dy)) return config.gradFunc(dy, saved, attributes);
      return { logits: () => tf.sub(dy, tf.mul(tf.sum(dy, -1, true), y)) };
    },
  });
  return {
    gave(scores) {
      last = origins.get(scores.dataId);
      return last !== undefined;
    },
    release() {
      for (const release of releases) release();
      tf.unregisterGradient(SOFTMAX);
      tf.registerGradient(config);
    },
  };
}

type Call = Parameters<tf.KernelFunc>[0];

function ran(kernel: tf.KernelFunc | undefined, call: Call): tf.TensorInfo {
  const [result] = kernel === undefined ? [] : [kernel(call)].flat();
  if (result === undefined) throw new Error('the wasm backend lacks a kernel of its own');
  return result;
}
