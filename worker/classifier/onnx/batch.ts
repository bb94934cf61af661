import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import type { Device } from './device.js';

/** Inputs of fewer pixels than this leave a CPU's caches room for more than one image. */
const SMALL_PIXELS = 64 * 64;

/**
 * The number of images a call that suits a device best. A rule, never a timing: the batch decides in which order
 * offspring meet the archive, and a run must come out the same wherever it is repeated.
 */
export function preferredBatch(kind: Device['kind'], input: TensorSpec): number {
  if (kind !== 'cpu') return 64;
  return input.width * input.height < SMALL_PIXELS ? 16 : 1;
}
