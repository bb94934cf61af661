import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** Makes TensorFlow.js run on its WebAssembly backend, for the whole process. */
export async function useWasm(): Promise<void> {
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend of TensorFlow.js did not start');
}
