import * as tf from '@tensorflow/tfjs-core';
import { messageOf } from '../../../protocol/errors.js';

/**
 * Makes TensorFlow.js run on its WebGPU backend, for the whole process, with Dawn (npm `webgpu`) for a GPU.
 * Returns undefined when it does, else the reason why it cannot.
 */
export async function useWebgpu(): Promise<string | undefined> {
  try {
    await provideGpu();
    const adapter = await navigator.gpu.requestAdapter();
    if (adapter === null) return 'no GPU adapter';
    // It looks for navigator.gpu when it is loaded.
    await import('@tensorflow/tfjs-backend-webgpu');
    return (await tf.setBackend('webgpu')) ? undefined : 'the backend did not start';
  } catch (error) {
    return messageOf(error);
  }
}

/** Puts Dawn where a browser has WebGPU, unless something is there already. */
async function provideGpu(): Promise<void> {
  if (globalThis.navigator?.gpu !== undefined) return;
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = { value: create([]), configurable: true };
  // Node 20 has no navigator, later ones have one without a GPU.
  if (globalThis.navigator === undefined) {
    const navigator = Object.defineProperty({ userAgent: 'Node.js' }, 'gpu', gpu);
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  } else {
    Object.defineProperty(globalThis.navigator, 'gpu', gpu);
  }
}
