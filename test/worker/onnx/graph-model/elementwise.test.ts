import { beforeAll, describe, it } from 'vitest';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { flag, real, type, whole } from './graph-writer.js';
import { expectAll, still } from './options.js';

beforeAll(useWasm);

describe('arithmetic', () => {
  it.each([
    'Relu',
    'Relu6',
    'Elu',
    'Selu',
    'Sigmoid',
    'Tanh',
    'Softplus',
    'Erf',
    'Exp',
    'Expm1',
    'Square',
    'Neg',
    'Abs',
    'Sign',
    'Floor',
    'Ceil',
    'Round',
    'Sin',
    'Cos',
    'Tan',
    'Atan',
    'Sinh',
    'Cosh',
    'Asinh',
    'Softmax',
    'LogSoftmax',
    'LeakyRelu',
  ])('%s', (op) => expectAll((g, x) => g.node(op, [x]), { times: 1, least: -4, most: 4 }));

  it.each(['Log', 'Log1p', 'Sqrt', 'Rsqrt', 'Reciprocal'])('%s of positive numbers', (op) =>
    expectAll((g, x) => g.node(op, [x]), { times: 1, least: 0.3, most: 4 }),
  );

  it.each(['Asin', 'Acos', 'Atanh'])('%s of small numbers', (op) =>
    expectAll((g, x) => g.node(op, [x]), { times: 1, least: -0.9, most: 0.9 }),
  );

  it('limits and slopes', () =>
    expectAll((g, x) =>
      g.node('Prelu', [
        g.node('ClipByValue', [x, g.floats([-0.4], []), g.floats([0.6], [])]),
        g.weights(1, 1, 3),
      ]),
    ));

  it.each([
    'Add',
    'AddV2',
    'Sub',
    'Mul',
    'RealDiv',
    'Div',
    'DivNoNan',
    'FloorDiv',
    'Maximum',
    'Minimum',
    'SquaredDifference',
    'FloorMod',
  ])('%s of tensors and constants of any shapes that go together', (op) =>
    expectAll(
      (g, x, pick) => {
        const y = g.node('Conv2D', [x, g.weights(1, 1, 3, 3)], still('SAME'));
        const other = pick(
          () => g.weights(3),
          () => g.floats([0.7], []),
          () => g.weights(9, 1),
          () => g.weights(7, 9, 3),
          () => x,
          () => g.node('Mean', [x, g.ints([1, 2])], { keep_dims: flag(true) }),
          () => g.node('Reshape', [g.node('Mean', [x, g.ints([1, 2])]), g.ints([-1, 1, 1, 3])]),
          () => g.node('Max', [x, g.ints([3])], { keep_dims: flag(true) }),
        )();
        const above = g.node('AddV2', [g.node('Abs', [other]), g.floats([0.5], [])]);
        return pick(true, false)
          ? g.node(op, [y, above])
          : g.node(op, [g.node('Abs', [above]), g.node('AddV2', [g.node('Abs', [y]), g.floats([0.25], [])])]);
      },
      { times: 8 },
    ),
  );

  it('powers, sums of many, comparisons and choices', () =>
    expectAll(
      (g, x, pick) => {
        const square = g.node('Pow', [x, g.floats([2], [])]);
        const sum = g.node('AddN', [x, square, x]);
        const test = g.node(pick('Greater', 'GreaterEqual', 'Less', 'LessEqual', 'NotEqual'), [
          sum,
          g.weights(3),
        ]);
        const both = g.node(pick('LogicalAnd', 'LogicalOr'), [
          test,
          g.node('LogicalNot', [g.node('Less', [x, sum])]),
        ]);
        const chosen = g.node('SelectV2', [both, sum, g.node('Neg', [x])]);
        return g.node('Mul', [chosen, g.node('Cast', [test], { DstT: type('DT_FLOAT') })]);
      },
      { times: 10 },
    ));

  it('a hard sigmoid of its parts, and a normalisation of constants that are computed', () =>
    expectAll((g, x) => {
      const hard = g.node('Mul', [
        x,
        g.node('Mul', [g.node('Relu6', [g.node('AddV2', [x, g.floats([3], [])])]), g.floats([1 / 6], [])]),
      ]);
      const scale = g.node('Mul', [
        g.node('Rsqrt', [g.node('AddV2', [g.positive(3), g.floats([0.001], [])])]),
        g.weights(3),
      ]);
      return g.node('AddV2', [
        g.node('Mul', [hard, scale]),
        g.node('Sub', [g.weights(3), g.node('Mul', [g.weights(3), scale])]),
      ]);
    }));

  it('layers normalised over their channels', () =>
    expectAll((g, x) => {
      const mean = g.node('Mean', [x, g.ints([-1])], { keep_dims: flag(true) });
      const variance = g.node('Mean', [g.node('SquaredDifference', [x, mean]), g.ints([-1])], {
        keep_dims: flag(true),
      });
      const scale = g.node('Mul', [
        g.node('Rsqrt', [g.node('AddV2', [variance, g.floats([1e-3], [])])]),
        g.weights(3),
      ]);
      return g.node('AddV2', [
        g.node('Mul', [x, scale]),
        g.node('Sub', [g.weights(3), g.node('Mul', [mean, scale])]),
      ]);
    }));

  it('the normalisation of neighbouring channels', () =>
    expectAll(
      (g, x) =>
        g.node('LRN', [x], { depth_radius: whole(2), bias: real(1), alpha: real(0.3), beta: real(0.75) }),
      {
        sizes: [3, 4, 7],
        times: 1,
      },
    ));
});
