import { byteLength, type TfjsModel, type WeightSpec } from '../../classifier/tensorflow/model-files.js';

/** One weight of a TensorFlow.js layers model, unpacked. */
export interface Weight {
  /** E.g. `conv1/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * The float weights of a model in the order of its manifest, unpacked from float32 or from TensorFlow.js's quantised
 * forms: uint8 and uint16 are value = q · scale + min, float16 is IEEE 754 binary16. An optimizer's are left out.
 */
export function readWeights({ specs, data }: TfjsModel): readonly Weight[] {
  const weights: Weight[] = [];
  let start = 0;
  for (const spec of specs) {
    const length = byteLength(spec);
    // Strings have no place in a layers model, and what follows one cannot be found without reading it.
    if (length === undefined) break;
    if (spec.dtype === 'float32' && spec.group !== 'optimizer') {
      const values = unpack(spec, data.slice(start, start + length));
      weights.push({ name: spec.name, shape: spec.shape, values });
    }
    start += length;
  }
  return weights;
}

/** `bytes` start at an aligned address: they are a copy. */
function unpack({ quantization }: WeightSpec, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  switch (quantization?.dtype) {
    case undefined:
      return new Float32Array(bytes.buffer);
    case 'float16':
      return Float32Array.from(new Uint16Array(bytes.buffer), halfToFloat);
    case 'uint8':
      return scaled(bytes, quantization);
    case 'uint16':
      return scaled(new Uint16Array(bytes.buffer), quantization);
  }
}

function scaled(
  values: Uint8Array | Uint16Array,
  { scale = 1, min = 0 }: { readonly scale?: number | undefined; readonly min?: number | undefined },
): Float32Array {
  return Float32Array.from(values, (value) => value * scale + min);
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
