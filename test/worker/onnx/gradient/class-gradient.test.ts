import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { int, ints } from '../../../../worker/onnx/builder.js';
import type { NodeProto, OnnxModel } from '../../../../worker/onnx/file.js';
import { CLASS_IDS, classGradient } from '../../../../worker/onnx/gradient/class-gradient.js';
import { gradientName } from '../../../../worker/onnx/gradient/reverse-mode.js';
import type { OutputKind } from '../../../../worker/onnx/output-kind.js';
import { floatTensor, integerTensor } from '../../../../worker/onnx/tensor.js';
import { tinyModel } from '../tiny-networks.js';
import { op, sessionOf } from './finite-differences.js';

/** A way to end in confidences of logits z, which are x times 100: of 3 classes, or of two told apart by one score. */
interface End {
  readonly name: string;
  readonly kind: OutputKind;
  readonly nodes: readonly NodeProto[];
  readonly width?: number;
}

const softmax = op('Softmax', ['z'], 'p', { axis: int(1) });

const ENDS: readonly End[] = [
  { name: 'nothing', kind: 'logits', nodes: [op('Identity', ['z'], 'y')] },
  { name: 'Softmax', kind: 'softmax', nodes: [op('Softmax', ['z'], 'y', { axis: int(1) })] },
  {
    name: 'Softmax of [N, 3, 1, 1], and Flatten',
    kind: 'softmax',
    nodes: [
      op('Reshape', ['z', 'deep'], 'd'),
      op('Softmax', ['d'], 'p', { axis: int(1) }),
      op('Flatten', ['p'], 'y'),
    ],
  },
  {
    name: 'Softmax in 8 bits',
    kind: 'softmax',
    nodes: [
      softmax,
      op('QuantizeLinear', ['p', 'grain', 'none'], 'q'),
      op('DequantizeLinear', ['q', 'grain', 'none'], 'y'),
    ],
  },
  {
    name: 'powers of e by their sum',
    kind: 'softmax',
    nodes: [
      op('ReduceMax', ['z'], 'most', { axes: ints([1]) }),
      op('Sub', ['z', 'most'], 's'),
      op('Exp', ['s'], 'e'),
      op('ReduceSum', ['e', 'last'], 'sum'),
      op('Div', ['e', 'sum'], 'y'),
    ],
  },
  { name: 'LogSoftmax', kind: 'logits', nodes: [op('LogSoftmax', ['z'], 'y', { axis: int(1) })] },
  { name: 'Log of Softmax', kind: 'logits', nodes: [softmax, op('Log', ['p'], 'y')] },
  { name: 'Sigmoid', kind: 'sigmoid', nodes: [op('Sigmoid', ['z'], 'y')] },
  { name: 'logits of sigmoids', kind: 'sigmoid-logits', nodes: [op('Identity', ['z'], 'y')] },
  { name: 'Sigmoid of one score', kind: 'sigmoid', nodes: [op('Sigmoid', ['z'], 'y')], width: 1 },
  { name: 'one logit', kind: 'logits', nodes: [op('Identity', ['z'], 'y')], width: 1 },
];

/** Of −log p by x, in one row for each class. */
async function gradients({ kind, nodes, width = 3 }: End, x: readonly number[]): Promise<number[][]> {
  const model = tinyModel({
    inputs: [{ name: 'x', dims: ['N', width] }],
    outputs: [{ name: 'y', dims: ['N', width] }],
    nodes: [op('Mul', ['x', 'hundred'], 'z'), ...nodes],
    weights: [
      floatTensor('hundred', [], Float32Array.of(100)),
      floatTensor('grain', [], Float32Array.of(1 / 255)),
      { name: 'none', dims: [], dataType: 2, rawData: Uint8Array.of(0) },
      integerTensor('last', [-1]),
      integerTensor('deep', [-1, width, 1, 1]),
    ],
  }) as OnnxModel;
  const scores = { input: 'x', dims: [width], batch: 'any', output: 'y', width, kind } as const;
  const session = await sessionOf(classGradient(model, scores));
  const classes = width === 1 ? 2 : width;
  const rows: number[][] = [];
  for (let classId = 0; classId < classes; classId++) {
    const results = await session.run({
      x: new Tensor('float32', Float32Array.from(x), [1, width]),
      [CLASS_IDS]: new Tensor('int64', BigInt64Array.of(BigInt(classId)), [1]),
    });
    rows.push(Array.from(results[gradientName('x')]?.data as Float32Array));
  }
  await session.release();
  return rows;
}

const hundredfold = (rows: readonly (readonly number[])[]) =>
  rows.map((row) => row.map((each) => 100 * each));

/** p − [is the class] for each class, where the first has all. */
const OF_SOFTMAX = [
  [0, 0, 0],
  [1, -1, 0],
  [1, 0, -1],
];
const OF_SIGMOIDS = [
  [0, 0, 0],
  [0, -1, 0],
  [0, 0, -1],
];
const OF_ONE = [[1], [0]];

describe('the gradient points to a class whose confidence is 0 in single precision, and is a number where it is 1, behind', () => {
  it.each(ENDS)('$name', async (end) => {
    // Logits of 200 and −200: the smallest number of single precision is e^−104.
    const found = await gradients(end, end.width === 1 ? [2] : [2, -2, -2]);
    const wanted = end.width === 1 ? OF_ONE : end.kind.startsWith('sigmoid') ? OF_SIGMOIDS : OF_SOFTMAX;
    expect(found.map((row) => row.map((each) => each + 0))).toEqual(hundredfold(wanted));
  });

  it('confidences that are made in another way, which only lose the direction', async () => {
    // A softmax by powers of 2.
    const nodes = [
      op('Pow', ['base', 'z'], 'e'),
      op('ReduceSum', ['e', 'last'], 'sum'),
      op('Div', ['e', 'sum'], 'y'),
    ];
    const found = await gradients(
      { name: '', kind: 'softmax', nodes: [op('Cast', ['hundred'], 'base', { to: int(1) }), ...nodes] },
      [-2, -2, 0.1],
    );
    expect(found.flat().every(Number.isFinite)).toBe(true);
  });
});
