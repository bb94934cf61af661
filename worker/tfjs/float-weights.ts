import { halfToFloat } from '../onnx/tensor.js';
import type { WeightSpec } from './files.js';

/**
 * The numbers of a weight from its `bytes`, which start at an aligned address: float32, or one of TensorFlow.js's quantised
 * forms, where uint8 and uint16 are value = q · scale + min, and float16 is IEEE 754 binary16.
 */
export function floatWeights({ quantization }: WeightSpec, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  if (quantization === undefined) return new Float32Array(bytes.buffer);
  const { dtype, scale = 1, min = 0 } = quantization;
  if (dtype === 'float16') return Float32Array.from(new Uint16Array(bytes.buffer), halfToFloat);
  const levels = dtype === 'uint8' ? bytes : new Uint16Array(bytes.buffer);
  return Float32Array.from(levels, (level) => level * scale + min);
}
