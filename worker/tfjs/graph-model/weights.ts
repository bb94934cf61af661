import { halfToFloat } from '../../onnx/tensor.js';
import { byteLength, type TfjsModel, type WeightSpec } from '../files.js';
import { floatWeights } from '../float-weights.js';
import { lengthOf } from '../shape.js';
import { bytesOf, elementTypeOf, type RawAttribute, shapeOf } from './attributes.js';
import { broken } from './nodes.js';
import type { Constant, ElementType } from './values.js';

/**
 * The weights of a graph model by the names of their Const nodes, unpacked; quantised integers are rounded. Strings are
 * passed over.
 */
export function readConstants({ specs, data }: TfjsModel): ReadonlyMap<string, Constant> {
  const constants = new Map<string, Constant>();
  let start = 0;
  for (const spec of specs) {
    const length = byteLength(spec) ?? stringsLength(spec, data, start);
    const type = TYPES[spec.dtype];
    if (type !== undefined) {
      // A copy, so that its first byte is aligned.
      const values = unpack(spec, type, data.slice(start, start + length));
      constants.set(spec.name, { kind: 'constant', type, shape: spec.shape, values });
    }
    start += length;
  }
  return constants;
}

const TYPES: Readonly<Record<WeightSpec['dtype'], ElementType | undefined>> = {
  float32: 'float',
  int32: 'int',
  bool: 'bool',
  string: undefined,
  complex64: undefined,
};

function unpack(spec: WeightSpec, type: ElementType, bytes: Uint8Array<ArrayBuffer>): ArrayLike<number> {
  if (type === 'float') return floatWeights(spec, bytes);
  if (spec.quantization !== undefined) return Array.from(floatWeights(spec, bytes), Math.round);
  return type === 'bool' ? bytes : Array.from(new Int32Array(bytes.buffer));
}

/** Each string has its length before it, in four bytes, little-endian. */
function stringsLength({ shape }: WeightSpec, data: Uint8Array, start: number): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = start;
  for (let i = lengthOf(shape); i > 0; i--) {
    if (at + 4 > data.length) throw broken('its weights end inside of a string');
    at += 4 + view.getUint32(at, true);
  }
  return at - start;
}

/** The tensor that stands in a Const node itself, which TensorFlow writes and its converter to TensorFlow.js moves out. */
export function inlineConstant(attribute: RawAttribute | undefined): Constant | undefined {
  const tensor = attribute?.tensor;
  const type = elementTypeOf(tensor?.dtype ?? undefined);
  if (!tensor || type === undefined) return undefined;
  const shape = shapeOf(tensor.tensorShape ?? undefined) ?? [];
  const length = lengthOf(shape);
  const content = bytesOf(tensor.tensorContent ?? '');
  const bytes = new Uint8Array(content).buffer;
  const listed =
    tensor.floatVal ??
    tensor.doubleVal ??
    tensor.intVal ??
    tensor.int64Val ??
    tensor.boolVal?.map((value) => (value ? 1 : 0)) ??
    [];
  const values = content.length === 0 ? listed : contentOf(bytes, tensor.dtype ?? undefined);
  if (values === undefined || (values.length === 0 && length > 0)) return undefined;
  // A list may leave out the repetitions of its last value.
  const all = Array.from({ length }, (_, i) => values[Math.min(i, values.length - 1)] ?? 0);
  return { kind: 'constant', type, shape, values: type === 'float' ? Float32Array.from(all) : all };
}

function contentOf(bytes: ArrayBuffer, dtype: string | number | undefined): ArrayLike<number> | undefined {
  switch (dtype) {
    case 'DT_FLOAT':
    case 1:
      return new Float32Array(bytes);
    case 'DT_DOUBLE':
    case 2:
      return new Float64Array(bytes);
    case 'DT_HALF':
    case 19:
      return Array.from(new Uint16Array(bytes), halfToFloat);
    case 'DT_INT32':
    case 3:
      return new Int32Array(bytes);
    case 'DT_INT64':
    case 9:
      return Array.from(new BigInt64Array(bytes), Number);
    case 'DT_BOOL':
    case 10:
    case 'DT_UINT8':
    case 4:
      return new Uint8Array(bytes);
    default:
      return undefined;
  }
}
