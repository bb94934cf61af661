import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import type { OnnxModel } from '../../onnx/file.js';
import type { Device } from './device.js';

/** Images a call. Measured on a CPU: */
const GPU = 64;
/** … inputs of fewer pixels than 64² gain half as much again in a batch (28²: 16,600 a second alone, 24,000 by 16); */
const SMALL = { pixels: 64 * 64, batch: 16 };
/** … 8-bit networks gain a sixth (MobileNet V2: 249 alone, 292 by 8); the rest gain nothing, or lose. */
const QUANTISED = 8;

/**
 * The number of images a call that suits a device best. A rule, never a timing: the batch decides in which order
 * offspring meet the archive, and a run must come out the same wherever it is repeated.
 */
export function preferredBatch(kind: Device['kind'], input: TensorSpec, model: OnnxModel): number {
  if (kind !== 'cpu') return GPU;
  if (input.width * input.height < SMALL.pixels) return SMALL.batch;
  return isQuantised(model) ? QUANTISED : 1;
}

function isQuantised({ graph }: OnnxModel): boolean {
  return (graph.node ?? []).some(({ opType }) => opType === 'QLinearConv' || opType === 'DequantizeLinear');
}
