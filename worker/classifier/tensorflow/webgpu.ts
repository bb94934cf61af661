import * as tf from '@tensorflow/tfjs-core';
import { messageOf } from '../../../protocol/base/errors.js';

/**
 * Makes TensorFlow.js run on its WebGPU backend, for the whole process, with Dawn (npm `webgpu`) for a GPU.
 * Returns undefined when it does, else the reason why it cannot.
 */
export async function useWebgpu(): Promise<string | undefined> {
  try {
    const gpu = await provideGpu();
    if ((await gpu.requestAdapter()) === null) return 'no GPU adapter';
    // It looks for navigator.gpu as it is loaded.
    await import('@tensorflow/tfjs-backend-webgpu');
    return (await tf.setBackend('webgpu')) ? undefined : 'the backend did not start';
  } catch (error) {
    return messageOf(error);
  }
}

interface Navigator {
  gpu?: { requestAdapter(): Promise<object | null> };
}

/** Puts Dawn where a browser has WebGPU, unless something is there already. */
async function provideGpu(): Promise<NonNullable<Navigator['gpu']>> {
  const navigator: Navigator | undefined = Reflect.get(globalThis, 'navigator');
  if (navigator?.gpu !== undefined) return navigator.gpu;
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create([]);
  // Node 20 has no navigator, later ones have one without a GPU.
  if (navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  } else {
    Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  }
  return gpu;
}
