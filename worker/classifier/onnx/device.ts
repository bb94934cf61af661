import type { InferenceSession } from 'onnxruntime-node';
import { BadInputError, messageOf } from '../../../protocol/base/errors.js';
import { encodeModel } from '../../onnx/file.js';
import { ELEMENT } from '../../onnx/tensor.js';
import { VULKAN_REMEDY } from '../vulkan-remedy.js';
import { createSession } from './session.js';

/** A device that ONNX Runtime runs networks on. */
export interface Device {
  /** As a classifier names it: `cpu`, `webgpu`, `cuda:0`. */
  readonly name: string;
  readonly kind: 'cpu' | 'webgpu' | 'cuda';
  readonly provider: InferenceSession.ExecutionProviderConfig;
}

/** Reads `cpu`, `webgpu`, `cuda` or `cuda:N`; throws a {@link BadInputError} (`ERR_DEVICE`) for anything else. */
export function parseDevice(text: string): Device {
  if (text === 'cpu' || text === 'webgpu') return { name: text, kind: text, provider: text };
  const deviceId = /^cuda(?::(\d{1,3}))?$/.exec(text);
  if (deviceId !== null) {
    const id = Number(deviceId[1] ?? 0);
    return { name: `cuda:${id}`, kind: 'cuda', provider: { name: 'cuda', deviceId: id } };
  }
  throw new BadInputError({
    code: 'ERR_DEVICE',
    problem: `${JSON.stringify(text)} is not a device`,
    fix: 'Give cpu, webgpu, cuda or cuda:N',
  });
}

const REMEDY = {
  cpu: 'Install onnxruntime-node again',
  webgpu: VULKAN_REMEDY,
  cuda: 'Install the CUDA 12 libraries and the CUDA provider of onnxruntime-node, or use --device webgpu or cpu',
};

/**
 * Opens a network of one Identity on the device, so that a device which is missing is told from a model which is bad.
 * Throws a {@link BadInputError} (`ERR_DEVICE`) with what to do.
 */
export async function checkDevice(device: Device): Promise<void> {
  try {
    const session = await createSession(identityModel(), device.provider);
    await session.release();
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_DEVICE',
      problem: `This machine cannot use the device ${device.name} (${shortReason(cause)})`,
      fix: REMEDY[device.kind],
      cause,
    });
  }
}

/** ONNX Runtime opens its messages with paths of its own sources; what a reader can use comes last. */
function shortReason(error: unknown): string {
  const message = messageOf(error);
  return message.slice(message.lastIndexOf('was false. ') + 1).replace(/^as false\. /, '');
}

function identityModel(): Uint8Array {
  const type = { tensorType: { elemType: ELEMENT.float, shape: { dim: [{ dimValue: 1 }] } } };
  return encodeModel({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 13 }],
    graph: {
      name: 'identity',
      node: [{ opType: 'Identity', input: ['x'], output: ['y'] }],
      input: [{ name: 'x', type }],
      output: [{ name: 'y', type }],
    },
  });
}
