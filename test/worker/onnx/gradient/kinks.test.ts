import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type AttributeMap, ints } from '../../../../worker/onnx/builder.js';
import type { OnnxModel, TensorProto } from '../../../../worker/onnx/file.js';
import { gradientName, reverseMode, seedName } from '../../../../worker/onnx/gradient/reverse-mode.js';
import { floatTensor, integerTensor } from '../../../../worker/onnx/tensor.js';
import { tinyModel } from '../tiny-networks.js';
import { op, sessionOf } from './finite-differences.js';

/** Where a function has no slope, or an infinite one. */
interface Kink {
  readonly operator: string;
  readonly inputs?: readonly string[];
  readonly attributes?: AttributeMap;
  readonly x: readonly number[];
  readonly width?: number;
  readonly expected: readonly number[];
}

const CONSTANTS: readonly TensorProto[] = [
  floatTensor('half', [], Float32Array.of(0.5)),
  floatTensor('minus', [1], Float32Array.of(-1)),
  floatTensor('one', [1], Float32Array.of(1)),
  integerTensor('nought', [0]),
];

const KINKS: readonly Kink[] = [
  { operator: 'Sqrt', x: [0, 4], expected: [0, 0.25] },
  { operator: 'Log', x: [0, 4], expected: [0, 0.25] },
  { operator: 'Pow', inputs: ['x', 'half'], x: [0, 4], expected: [0, 0.25] },
  { operator: 'Pow', inputs: ['x', 'nought'], x: [0, 4], expected: [0, 0] },
  { operator: 'Pow', inputs: ['x', 'one'], x: [0, 4], expected: [1, 1] },
  { operator: 'ReduceL2', x: [0, 0], width: 1, expected: [0, 0] },
  { operator: 'ReduceL1', x: [0, 3], width: 1, expected: [0, 1] },
  { operator: 'LpNormalization', x: [0, 0], expected: [0, 0] },
  { operator: 'Abs', x: [0, -2], expected: [0, -1] },
  // No number lies between bounds that are the wrong way round.
  { operator: 'Clip', inputs: ['x', 'one', 'minus'], x: [0, 4], expected: [0, 0] },
  // Of two equals, the first gets all.
  { operator: 'Max', inputs: ['x', 'one'], x: [1, 0], expected: [1, 0] },
  { operator: 'Min', inputs: ['one', 'x'], x: [1, 0], expected: [0, 1] },
  { operator: 'ReduceMax', attributes: { axes: ints([1]) }, x: [3, 3], width: 1, expected: [0.5, 0.5] },
];

async function gradientAt({ operator, inputs = ['x'], attributes = {}, x, width = x.length }: Kink) {
  const dims = [1, x.length];
  const model = tinyModel({
    inputs: [{ name: 'x', dims }],
    outputs: [{ name: 'y', dims: [1, width] }],
    nodes: [op(operator, inputs, 'y', attributes)],
    weights: CONSTANTS,
  }) as OnnxModel;
  const session = await sessionOf(reverseMode(model, { output: 'y', withRespectTo: ['x'] }));
  const results = await session.run({
    x: new Tensor('float32', Float32Array.from(x), dims),
    [seedName('y')]: new Tensor('float32', new Float32Array(width).fill(1), [1, width]),
  });
  await session.release();
  return Array.from(results[gradientName('x')]?.data as Float32Array);
}

describe('where a function has no finite slope, the gradient is a number:', () => {
  it.each(KINKS)('$operator of $inputs at $x', async (kink) => {
    expect(await gradientAt(kink)).toEqual(kink.expected);
  });
});
