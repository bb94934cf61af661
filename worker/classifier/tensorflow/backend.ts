import { BadInputError } from '../../../protocol/base/errors.js';
import { VULKAN_REMEDY } from '../vulkan-remedy.js';
import { NATIVE_REMEDY, useNative } from './native.js';
import { useWasm } from './wasm.js';
import { useWebgpu } from './webgpu.js';

/** A backend of TensorFlow.js that runs. */
export interface Backend {
  readonly name: 'tensorflow' | 'webgpu' | 'wasm';
  /** As a classifier names it: `cpu`, `webgpu`, `cuda:0`. */
  readonly device: string;
}

const DEVICE = /^(?:auto|cpu|webgpu|cuda(?::(?<index>\d{1,3}))?)$/;

/**
 * Starts TensorFlow.js's backend for a device: `cuda` or `cuda:N` (tfjs-node-gpu), `webgpu`, `cpu` (wasm), or `auto`,
 * which is the first of these that starts. Rejects with a {@link BadInputError} (`ERR_DEVICE`) for any other device, and
 * for one that is asked for by name and does not start.
 */
export async function startBackend(device: string): Promise<Backend> {
  const match = DEVICE.exec(device);
  if (match === null) {
    throw new BadInputError({
      code: 'ERR_DEVICE',
      problem: `${JSON.stringify(device)} is not a device`,
      fix: 'Give auto, cpu, webgpu, cuda or cuda:N',
    });
  }
  if (device === 'auto') return startAny();
  if (device === 'cpu') return startWasm();
  if (device === 'webgpu') return startWebgpu();
  return startCuda(Number(match.groups?.index ?? 0));
}

async function startAny(): Promise<Backend> {
  const native = await useNative(0);
  if (native.started) return { name: 'tensorflow', device: native.gpu ? 'cuda:0' : 'cpu' };
  return (await useWebgpu()) === undefined ? { name: 'webgpu', device: 'webgpu' } : startWasm();
}

async function startWasm(): Promise<Backend> {
  await useWasm();
  return { name: 'wasm', device: 'cpu' };
}

async function startWebgpu(): Promise<Backend> {
  const reason = await useWebgpu();
  if (reason === undefined) return { name: 'webgpu', device: 'webgpu' };
  throw absent('webgpu', reason, VULKAN_REMEDY);
}

async function startCuda(index: number): Promise<Backend> {
  const device = `cuda:${index}`;
  const native = await useNative(index);
  if (!native.started) throw absent(device, native.reason, NATIVE_REMEDY);
  if (!native.gpu) {
    throw absent(
      device,
      'libtensorflow found no GPU that it can use',
      'Install CUDA 11.2, or use --device cpu',
    );
  }
  return { name: 'tensorflow', device };
}

function absent(device: string, reason: string, fix: string): BadInputError {
  const problem = `TensorFlow.js cannot use the device ${device} here (${reason})`;
  return new BadInputError({ code: 'ERR_DEVICE', problem, fix });
}
