import { describe, expect, it } from 'vitest';
import { ELEMENT, halfToFloat, readIntegers, singleTensor } from '../../../worker/onnx/tensor.js';

/** Protobuf's varint of a 32-bit integer, sign-extended to 64 bits. */
function varint(value: number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

describe('float16', () => {
  it('reads as the values that IEEE 754 gives', () => {
    const known: [number, number][] = [
      [0x0000, 0],
      [0x3c00, 1],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x0400, 2 ** -14],
      [0x3555, 0.333251953125],
      [0x7c00, Number.POSITIVE_INFINITY],
      [0xfc00, Number.NEGATIVE_INFINITY],
    ];
    for (const [bits, value] of known) expect(halfToFloat(bits)).toBe(value);
    expect(Object.is(halfToFloat(0x8000), -0)).toBe(true);
    expect(halfToFloat(0x7e00)).toBeNaN();
  });

  it('grows with its bits from 0 to infinity', () => {
    const values = Array.from({ length: 0x7c01 }, (_, bits) => halfToFloat(bits));
    expect(values.every((value, bits) => bits === 0 || value > (values[bits - 1] ?? 0))).toBe(true);
  });

  it('widens to the same numbers from raw bytes and from varints', () => {
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff);
    const common = { name: 't', dataType: ELEMENT.float16, dims: [2, 2] };
    const raw = singleTensor({ ...common, rawData: new Uint8Array(bits.buffer) });
    const packed = singleTensor({ ...common, int32Data: [Uint8Array.from([...bits].flatMap(varint))] });
    expect(raw.dataType).toBe(ELEMENT.float);
    expect([...new Float32Array(Uint8Array.from(raw.rawData ?? []).buffer)]).toEqual([
      1,
      -2,
      2 ** -24,
      65504,
    ]);
    expect(packed.rawData).toEqual(raw.rawData);
  });

  it('leaves other tensors untouched', () => {
    const tensor = { name: 't', dataType: ELEMENT.int64, dims: [1], int64Data: [3] };
    expect(singleTensor(tensor)).toBe(tensor);
  });
});

describe('integers', () => {
  it('read alike however a file stores them', () => {
    const values = [-1, 0, 1000, -(2 ** 31), 2 ** 31 - 1];
    const raw64 = new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
    const raw32 = new Uint8Array(Int32Array.from(values).buffer);
    const packed = [Uint8Array.from(values.flatMap(varint))];
    expect(readIntegers({ dataType: ELEMENT.int64, rawData: raw64 })).toEqual(values);
    expect(readIntegers({ dataType: ELEMENT.int64, int64Data: values })).toEqual(values);
    expect(readIntegers({ dataType: ELEMENT.int32, rawData: raw32 })).toEqual(values);
    expect(readIntegers({ dataType: ELEMENT.int32, int32Data: packed })).toEqual(values);
    expect(readIntegers({ dataType: ELEMENT.float, rawData: raw32 })).toBeUndefined();
  });
});
