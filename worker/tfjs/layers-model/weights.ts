import { byteLength, type TfjsModel } from '../files.js';
import { floatWeights } from '../float-weights.js';

/** One weight of a TensorFlow.js layers model, unpacked. */
export interface Weight {
  /** E.g. `conv1/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * The float weights of a model in the order of its manifest, unpacked; an optimizer's are left out.
 */
export function readWeights({ specs, data }: TfjsModel): readonly Weight[] {
  const weights: Weight[] = [];
  let start = 0;
  for (const spec of specs) {
    const length = byteLength(spec);
    // Strings have no place in a layers model, and what follows one cannot be found without reading it.
    if (length === undefined) break;
    if (spec.dtype === 'float32' && spec.group !== 'optimizer') {
      // A copy, so that its first byte is aligned.
      const values = floatWeights(spec, data.slice(start, start + length));
      weights.push({ name: spec.name, shape: spec.shape, values });
    }
    start += length;
  }
  return weights;
}
