import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type AttributeMap, int, ints } from '../../../../worker/onnx/builder.js';
import type { NodeProto, OnnxModel, TensorProto } from '../../../../worker/onnx/file.js';
import { gradientName, reverseMode, seedName } from '../../../../worker/onnx/gradient/reverse-mode.js';
import { ELEMENT, floatTensor } from '../../../../worker/onnx/tensor.js';
import { tinyModel } from '../tiny-networks.js';
import { op, sessionOf } from './finite-differences.js';

const real = (name: string, ...values: number[]): TensorProto =>
  floatTensor(name, values.length === 1 ? [] : [values.length], Float32Array.from(values));
const bytes = (name: string, dims: number[], dataType: number, values: number[]): TensorProto => ({
  name,
  dims,
  dataType,
  rawData: Uint8Array.from(values),
});
const quantize = (from: string, to: string, attributes: AttributeMap = {}) =>
  op('QuantizeLinear', [from, 's', 'z'], to, attributes);
const dequantize = (from: string, to: string) => op('DequantizeLinear', [from, 's', 'z'], to);

/** The gradient by x of Σ seed · y. */
async function gradientOf(
  nodes: readonly NodeProto[],
  weights: readonly TensorProto[],
  x: { readonly dims: readonly number[]; readonly data: readonly number[] },
  seed: { readonly dims: readonly number[]; readonly data: readonly number[] },
  version = 13,
): Promise<number[]> {
  const inputs = [{ name: 'x', dims: x.dims }];
  const model = tinyModel({ inputs, outputs: [{ name: 'y', dims: seed.dims }], nodes, weights });
  const opsetImport =
    model.opsetImport?.map((each) => (each.domain === '' ? { ...each, version } : each)) ?? [];
  const irVersion = version > 20 ? 10 : 8;
  const differentiated = reverseMode({ ...model, opsetImport, irVersion } as OnnxModel, {
    output: 'y',
    withRespectTo: ['x'],
  });
  const session = await sessionOf(differentiated);
  const results = await session.run({
    x: new Tensor('float32', Float32Array.from(x.data), x.dims),
    [seedName('y')]: new Tensor('float32', Float32Array.from(seed.data), seed.dims),
  });
  await session.release();
  const gradient = results[gradientName('x')]?.data;
  return Array.from(gradient as Float32Array);
}

const zero = (dataType: number = ELEMENT.uint8, value = 128) => bytes('z', [], dataType, [value]);

describe('the gradient of a network in 8 bits passes', () => {
  it('straight through QuantizeLinear and DequantizeLinear, but for what was cut off', async () => {
    const x = { dims: [1, 5], data: [0.04, -3, 100, -100, 12] };
    const seed = { dims: [1, 5], data: [1, 2, 3, 4, 5] };
    const there = [quantize('x', 'q'), dequantize('q', 'y')];
    expect(await gradientOf(there, [real('s', 0.1), zero()], x, seed)).toEqual([1, 2, 0, 0, 5]);
    const signed = zero(ELEMENT.int8, 0);
    expect(await gradientOf(there, [real('s', 0.1), signed], x, seed)).toEqual([1, 2, 0, 0, 5]);
  });

  it('straight through a scale for each channel, and through 16 bits', async () => {
    const x = { dims: [2, 2], data: [0.4, 40, -0.4, 400] };
    const seed = { dims: [2, 2], data: [1, 2, 3, 4] };
    const there = [
      quantize('x', 'q', { axis: int(1) }),
      op('DequantizeLinear', ['q', 's', 'z'], 'y', { axis: int(1) }),
    ];
    const each = [real('s', 0.1, 2), bytes('z', [2], ELEMENT.uint8, [128, 128])];
    expect(await gradientOf(there, each, x, seed)).toEqual([1, 2, 3, 0]);
    const wide = [real('s', 0.01), { ...zero(ELEMENT.uint16), rawData: Uint8Array.of(0, 128) }];
    const microsoft = [quantize('x', 'q'), dequantize('q', 'y')].map((node) => ({
      ...node,
      domain: 'com.microsoft',
    }));
    expect(await gradientOf(microsoft, wide, x, seed)).toEqual([1, 2, 3, 0]);
    expect(await gradientOf([quantize('x', 'q'), dequantize('q', 'y')], wide, x, seed, 21)).toEqual([
      1, 2, 3, 0,
    ]);
  });

  it('not through truth values', async () => {
    const nodes = [
      op('Cast', ['x'], 't', { to: int(9) }),
      op('Cast', ['t'], 'f', { to: int(ELEMENT.float) }),
      op('Mul', ['f', 'x'], 'y'),
    ];
    const seed = { dims: [1, 3], data: [1, 2, 3] };
    expect(await gradientOf(nodes, [], { dims: [1, 3], data: [0.5, 0, -2] }, seed)).toEqual([1, 0, 3]);
  });

  it('straight through Round, Cast and a scale that is found as it runs', async () => {
    const x = { dims: [1, 3], data: [0.4, 1.6, -2.2] };
    const seed = { dims: [1, 3], data: [1, 2, 3] };
    const to = (type: number) => ({ to: int(type) });
    const cast = [
      op('Round', ['x'], 'r'),
      op('Cast', ['r'], 'i', to(ELEMENT.int32)),
      op('Cast', ['i'], 'y', to(ELEMENT.float)),
    ];
    expect(await gradientOf(cast, [], x, seed)).toEqual([1, 2, 3]);
    const found = [op('DynamicQuantizeLinear', ['x'], ['q', 's', 'z']), dequantize('q', 'y')];
    (await gradientOf(found, [], x, seed)).forEach((each, i) => {
      expect(each).toBeCloseTo(i + 1, 5);
    });
  });

  it('through a convolution, a sum, a mean and a product as through those of the numbers that bytes stand for', async () => {
    // One pixel of two channels; w = [[2, −1], [0.5, 1]], the sum is with itself, the mean of one pixel is that pixel.
    const weights = [
      real('s', 0.1),
      zero(),
      bytes('w', [2, 2, 1, 1], ELEMENT.int8, [4, 254, 1, 2]),
      real('ws', 0.5),
      bytes('wz', [], ELEMENT.int8, [0]),
      bytes('m', [2, 1], ELEMENT.uint8, [129, 131]),
      real('ms', 2),
      bytes('mz', [], ELEMENT.uint8, [128]),
      { name: 'flat', dims: [2], dataType: ELEMENT.int64, int64Data: [1, 2] },
    ];
    const nodes = [
      quantize('x', 'q'),
      op('QLinearConv', ['q', 's', 'z', 'w', 'ws', 'wz', 's', 'z'], 'c', { kernel_shape: ints([1, 1]) }),
      { ...op('QLinearAdd', ['c', 's', 'z', 'c', 's', 'z', 's', 'z'], 'a'), domain: 'com.microsoft' },
      { ...op('QLinearGlobalAveragePool', ['a', 's', 'z', 's', 'z'], 'g'), domain: 'com.microsoft' },
      op('Reshape', ['g', 'flat'], 'f'),
      op('QLinearMatMul', ['f', 's', 'z', 'm', 'ms', 'mz', 's', 'z'], 'p'),
      dequantize('p', 'y'),
    ];
    const x = { dims: [1, 2, 1, 1], data: [0.3, 0.2] };
    const found = await gradientOf(nodes, weights, x, { dims: [1, 1], data: [1] });
    // 2 · (2·[2, −1] + 6·[0.5, 1]).
    expect(found[0]).toBeCloseTo(14, 4);
    expect(found[1]).toBeCloseTo(8, 4);
  });
});
