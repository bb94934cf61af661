import { integer, type TensorProto } from './file.js';

/** The numbers that the format gives to the element types that Atoll meets. */
export const ELEMENT = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  uint4: 21,
  int4: 22,
} as const;

const ELEMENT_NAMES: readonly string[] =
  'undefined float uint8 int8 uint16 int16 int32 int64 string bool float16 double uint32 uint64 complex64 complex128 bfloat16'.split(
    ' ',
  );

/** An element type as a person reads it. */
export function elementName(type: number): string {
  return ELEMENT_NAMES[type] ?? `type ${type}`;
}

/** Elements in a tensor: the product of its dimensions, 1 for a scalar. */
export function elementCount(tensor: TensorProto): number {
  return (tensor.dims ?? []).reduce<number>((product, dim) => product * integer(dim), 1);
}

/** The values of an int64 or int32 tensor; undefined for other types and for tensors kept in another file. */
export function readIntegers(tensor: TensorProto): number[] | undefined {
  if (tensor.dataLocation === 1) return undefined;
  const raw = tensor.rawData;
  if (tensor.dataType === ELEMENT.int64) {
    if (!raw?.length) return (tensor.int64Data ?? []).map(integer);
    const view = viewOf(raw);
    return Array.from({ length: raw.length >> 3 }, (_, i) => Number(view.getBigInt64(8 * i, true)));
  }
  if (tensor.dataType === ELEMENT.int32) {
    if (!raw?.length) return (tensor.int32Data ?? []).flatMap((chunk) => [...varints(chunk)]);
    const view = viewOf(raw);
    return Array.from({ length: raw.length >> 2 }, (_, i) => view.getInt32(4 * i, true));
  }
  return undefined;
}

/** The values of an 8-bit tensor; undefined for other types and for tensors kept in another file. */
export function readBytes({
  dataType,
  dataLocation,
  rawData,
  int32Data,
}: TensorProto): Int8Array | Uint8Array | undefined {
  if (dataLocation === 1 || (dataType !== ELEMENT.int8 && dataType !== ELEMENT.uint8)) return undefined;
  const bytes = rawData?.length
    ? rawData
    : Uint8Array.from((int32Data ?? []).flatMap((chunk) => [...varints(chunk)]));
  return dataType === ELEMENT.int8
    ? Int8Array.from(bytes, (byte) => (byte << 24) >> 24)
    : Uint8Array.from(bytes);
}

/** The values of a float32 tensor; undefined for other types and for tensors kept in another file. */
export function readFloats(tensor: TensorProto): Float32Array | undefined {
  if (tensor.dataType !== ELEMENT.float || tensor.dataLocation === 1) return undefined;
  const bytes = tensor.rawData?.length ? tensor.rawData : Buffer.concat(tensor.floatData ?? []);
  const view = viewOf(bytes);
  return Float32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getFloat32(4 * i, true));
}

/** An int64 vector as an initializer. */
export function integerTensor(name: string, values: readonly number[]): TensorProto {
  return { name, dataType: ELEMENT.int64, dims: [values.length], int64Data: [...values] };
}

/** A float32 tensor as an initializer; `values` in row-major order. */
export function floatTensor(name: string, dims: readonly number[], values: Float32Array): TensorProto {
  const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, dataType: ELEMENT.float, dims: [...dims], rawData };
}

/** Whether an element type is a floating-point type other than float32 that {@link singleTensor} converts. */
export function isOtherFloat(element: number | null | undefined): boolean {
  return element === ELEMENT.float16 || element === ELEMENT.double;
}

/** A float16 or double tensor as the float32 tensor of the same values, rounded; any other tensor as it is. */
export function singleTensor(tensor: TensorProto): TensorProto {
  if (!isOtherFloat(tensor.dataType)) return tensor;
  const values =
    tensor.dataType === ELEMENT.double
      ? Float32Array.from(doubles(tensor))
      : Float32Array.from(halfBits(tensor), halfToFloat);
  const { rawData: _raw, int32Data: _packed, doubleData: _doubles, ...rest } = tensor;
  return { ...rest, dataType: ELEMENT.float, rawData: new Uint8Array(values.buffer) };
}

function doubles(tensor: TensorProto): Float64Array {
  const chunks = tensor.rawData?.length ? [tensor.rawData] : (tensor.doubleData ?? []);
  const view = viewOf(Buffer.concat(chunks));
  return Float64Array.from({ length: view.byteLength >> 3 }, (_, i) => view.getFloat64(8 * i, true));
}

function halfBits(tensor: TensorProto): Uint16Array {
  const raw = tensor.rawData;
  if (!raw?.length) {
    return Uint16Array.from((tensor.int32Data ?? []).flatMap((chunk) => [...varints(chunk)]));
  }
  const view = viewOf(raw);
  return Uint16Array.from({ length: raw.length >> 1 }, (_, i) => view.getUint16(2 * i, true));
}

/** IEEE 754 binary16, given as its bits, as a number. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Protobuf's packed varints, each as the 32-bit integer that it stands for. */
function* varints(bytes: Uint8Array): Generator<number> {
  let value = 0;
  let shift = 0;
  for (const byte of bytes) {
    if (shift < 32) value |= (byte & 0x7f) << shift;
    shift += 7;
    if (byte < 0x80) {
      yield value;
      value = 0;
      shift = 0;
    }
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
