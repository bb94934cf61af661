import * as tf from '@tensorflow/tfjs-core';
import { messageOf } from '../../../protocol/base/errors.js';

/** An optional peer: it downloads libtensorflow (CUDA 11.2) when it is installed, which many machines cannot use. */
const PEER: string = '@tensorflow/tfjs-node-gpu';

/** How to get the native backend, for a sentence that ends in an imperative. */
export const NATIVE_REMEDY = `Run npm install ${PEER}@4.22.0 (CUDA 11.2, Node 20 or 22), or choose another --device`;

export type NativeStart =
  | { readonly started: true; readonly gpu: boolean }
  | { readonly started: false; readonly reason: string };

/**
 * Makes TensorFlow.js run on libtensorflow, for the whole process, on the GPU of this index among those visible.
 * `gpu` is false where libtensorflow found none, and runs on the CPU.
 */
export async function useNative(index: number): Promise<NativeStart> {
  // libtensorflow takes the first GPU that it sees, and looks once: when it is loaded.
  const visible = process.env.CUDA_VISIBLE_DEVICES?.split(',') ?? [];
  process.env.CUDA_VISIBLE_DEVICES = visible[index] ?? String(index);
  try {
    await import(PEER);
    if (!(await tf.setBackend('tensorflow')))
      return { started: false, reason: 'libtensorflow did not start' };
    return { started: true, gpu: Reflect.get(tf.backend(), 'isUsingGpuDevice') === true };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    return { started: false, reason: missing ? `${PEER} is not installed` : messageOf(error) };
  }
}
