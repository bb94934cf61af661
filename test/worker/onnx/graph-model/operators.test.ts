import { beforeAll, describe, expect, it } from 'vitest';
import { type RandomStream, randomFrom } from '../../../../protocol/random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import {
  flag,
  type GraphWriter,
  graphWriter,
  type JsonAttribute,
  real,
  text,
  texts,
  type,
  whole,
  wholes,
} from './graph-writer.js';
import { expectSame, operatorsOf } from './oracle.js';

beforeAll(useWasm);

type Build = (
  g: GraphWriter,
  x: string,
  pick: <T>(...choices: readonly T[]) => T,
  random: RandomStream,
) => string;

interface Case {
  readonly sizes?: readonly number[];
  readonly times?: number;
  readonly least?: number;
  readonly most?: number;
}

/** Builds the network `times` times with other options and images, and compares each. */
async function expectAll(build: Build, { sizes = [7, 9, 3], times = 6, ...range }: Case = {}): Promise<void> {
  for (let seed = 0; seed < times; seed++) {
    const random = randomFrom(seed);
    const g = graphWriter(random);
    const pick = <T>(...choices: readonly T[]): T => choices[random.below(choices.length)] as T;
    const x = g.input([-1, ...sizes]);
    const y = build(g, x, pick, random);
    await expectSame(g.model([g.node('Identity', [y])]), random, { sizes, images: 2, ...range });
  }
}

/** Where a stride exceeds the window, XNNPACK (the wasm backend) pads SAME otherwise than TensorFlow does. */
function sweep(pick: <T>(...choices: readonly T[]) => T, size: number, dilation = 1) {
  const stride = dilation > 1 ? 1 : Math.min(size, pick(1, 2, 3));
  const isExplicit = pick(0, 1, 2) === 0;
  const pads = [0, 0, pick(0, 1), pick(0, 2), pick(0, 1), pick(1, 0), 0, 0];
  return {
    strides: wholes([1, stride, stride, 1]),
    dilations: wholes([1, dilation, dilation, 1]),
    padding: text(isExplicit ? 'EXPLICIT' : pick('SAME', 'VALID')),
    explicit_paddings: wholes(isExplicit ? pads : []),
  };
}

/** A window that moves by one pixel at a time. */
const still = (padding: 'SAME' | 'VALID') => ({
  strides: wholes([1, 1, 1, 1]),
  dilations: wholes([1, 1, 1, 1]),
  padding: text(padding),
});

describe('convolutions', () => {
  it('with any stride, padding and dilation, and a bias of their own', () =>
    expectAll(
      (g, x, pick) => {
        const size = pick(1, 2, 3);
        const y = g.node('Conv2D', [x, g.weights(size, size, 3, 4)], sweep(pick, size, pick(1, 1, 2)));
        return pick(
          () => y,
          () => g.node('BiasAdd', [y, g.weights(4)]),
          () => g.node('AddV2', [g.weights(1, 1, 1, 4), y]),
        )();
      },
      { times: 30 },
    ));

  it('of each channel by itself', () =>
    expectAll(
      (g, x, pick) => {
        const size = pick(2, 3);
        const multiplier = pick(1, 2);
        const y = g.node(
          'DepthwiseConv2dNative',
          [x, g.weights(size, size, 3, multiplier)],
          sweep(pick, size, pick(1, 1, 2)),
        );
        return g.node('BiasAdd', [y, g.weights(3 * multiplier)]);
      },
      { times: 20 },
    ));

  it('with every activation that is fused with them', () =>
    expectAll(
      (g, x, pick) => {
        const step = pick('Relu', 'Relu6', 'Elu', 'LeakyRelu', 'Prelu', 'Sigmoid', '');
        const slopes = step === 'Prelu' ? [g.weights(4)] : [];
        const attr = {
          ...sweep(pick, 3),
          fused_ops: texts(['BiasAdd', ...(step === '' ? [] : [step])]),
          num_args: whole(1 + slopes.length),
          leakyrelu_alpha: real(0.3),
        };
        return g.node('_FusedConv2D', [x, g.weights(3, 3, 3, 4), g.weights(4), ...slopes], attr);
      },
      { times: 20 },
    ));

  it.each([
    ['SAME', 1],
    ['VALID', 2],
  ])(
    'of images with channels first, which no backend at hand runs (%s, stride %i)',
    async (padding, stride) => {
      const build = (format: 'NCHW' | 'NHWC') => {
        const g = graphWriter(randomFrom(stride));
        const x = g.input([-1, 3, 9, 7]);
        const isLast = format === 'NHWC';
        // As many nodes in both, so that their outputs have the same name.
        const turned = (name: string, order: number[]) => {
          const perm = g.ints(order);
          return isLast ? g.node('Transpose', [name, perm]) : g.node('Identity', [name]);
        };
        const attr = {
          strides: wholes(isLast ? [1, stride, stride, 1] : [1, 1, stride, stride]),
          dilations: wholes([1, 1, 1, 1]),
          padding: text(padding),
          data_format: text(format),
        };
        const c1 = g.node('Conv2D', [turned(x, [0, 2, 3, 1]), g.weights(3, 3, 3, 4)], attr);
        const biased = g.node('BiasAdd', [c1, g.weights(4)], { data_format: text(format) });
        const normalised = g.node(
          'FusedBatchNormV3',
          [g.node('Relu', [biased]), g.positive(4), g.weights(4), g.weights(4), g.positive(4)],
          { epsilon: real(0.01), data_format: text(format) },
        );
        const c2 = g.node('DepthwiseConv2dNative', [normalised, g.weights(3, 3, 4, 2)], attr);
        return g.model([g.node('Identity', [turned(c2, [0, 3, 1, 2])])]);
      };
      const random = randomFrom(1);
      const twin = build('NHWC');
      await expectSame(build('NCHW'), random, { sizes: [3, 9, 7], twin });
    },
  );

  it('transposed', () =>
    expectAll(
      (g, x, pick) => {
        const [size, stride, padding] = pick(
          [3, 2, 'SAME'],
          [2, 2, 'VALID'],
          [4, 2, 'SAME'],
          [3, 1, 'VALID'],
          [3, 3, 'SAME'],
        );
        const grown = (length: number) =>
          padding === 'SAME' ? length * stride : (length - 1) * stride + size;
        const sizes = g.node('Shape', [x]);
        const batch = g.node('StridedSlice', [sizes, g.ints([0]), g.ints([1]), g.ints([1])], {
          shrink_axis_mask: whole(1),
        });
        const rest = [grown(7), grown(9), 5].map((length) => g.ints([length], []));
        const y = g.node(
          'Conv2DBackpropInput',
          [g.node('Pack', [batch, ...rest]), g.weights(size, size, 5, 3), x],
          { strides: wholes([1, stride, stride, 1]), padding: text(padding) },
        );
        return g.node('BiasAdd', [y, g.weights(5)]);
      },
      { times: 10 },
    ));

  it('dilated by taking the image apart and putting it together again', () =>
    expectAll(
      (g, x, pick) => {
        const isDepthwise = pick(true, false);
        const blocks = g.node('SpaceToBatchND', [x, g.ints([2, 2]), g.ints([2, 3, 2, 3], [2, 2])]);
        const attr = still('VALID');
        const y = isDepthwise
          ? g.node('DepthwiseConv2dNative', [blocks, g.weights(3, 3, 3, 1)], attr)
          : g.node('Conv2D', [blocks, g.weights(3, 3, 3, 3)], attr);
        const biased = pick(true, false) ? g.node('Relu', [g.node('BiasAdd', [y, g.weights(3)])]) : y;
        return g.node('BatchToSpaceND', [biased, g.ints([2, 2]), g.ints([0, 1, 0, 1], [2, 2])]);
      },
      { times: 6 },
    ));
});

describe('poolings, borders and sizes', () => {
  it('maxima and averages of any window', () =>
    expectAll(
      (g, x, pick) => {
        const size = pick(2, 3);
        const stride = Math.min(size, pick(1, 2, 3));
        return g.node(pick('MaxPool', 'AvgPool'), [x], {
          ksize: wholes([1, size, size, 1]),
          strides: wholes([1, stride, stride, 1]),
          padding: text(pick('SAME', 'VALID')),
        });
      },
      { times: 16 },
    ));

  it('borders of zeros, of another number, and mirrored, before poolings and convolutions', () =>
    expectAll(
      (g, x, pick) => {
        const extra = pick(0, 0, 1);
        const pads = g.ints([0, 0, pick(0, 2), 1, 1, pick(0, 3), extra, 0], [4, 2]);
        let channels = 3 + extra;
        const padded = pick(
          () => g.node('Pad', [x, pads]),
          () => g.node('PadV2', [x, pads, g.floats([pick(-1e38, 0.5)], [])]),
          () => {
            channels = 3;
            return g.node('MirrorPad', [x, g.ints([0, 0, 2, 1, 1, 3, 0, 0], [4, 2])], {
              mode: text(pick('REFLECT', 'SYMMETRIC')),
            });
          },
        )();
        const moving = still('VALID');
        return pick(
          () => g.node('Relu6', [padded]),
          () => g.node('Conv2D', [padded, g.weights(2, 2, channels, 2)], still('VALID')),
          () => g.node('MaxPool', [padded], { ...moving, ksize: wholes([1, 2, 2, 1]) }),
          () => g.node('AvgPool', [g.node('Relu', [padded])], { ...moving, ksize: wholes([1, 2, 2, 1]) }),
          () => g.node('AvgPool', [g.node('Pad', [x, pads])], { ...moving, ksize: wholes([1, 2, 2, 1]) }),
          () =>
            g.node('MatMul', [
              g.node('Reshape', [
                g.node('Slice', [g.node('Relu', [padded]), g.ints([0, 0, 0, 0]), g.ints([-1, 2, 2, 3])]),
                g.ints([-1, 12]),
              ]),
              g.weights(12, 2),
            ]),
        )();
      },
      { times: 40 },
    ));

  it('images resized, bilinear and to the nearest', () =>
    expectAll(
      (g, x, pick) => {
        const corners = pick(true, false);
        return g.node(
          pick('ResizeBilinear', 'ResizeNearestNeighbor'),
          [x, g.ints([pick(14, 5, 11), pick(18, 4, 9)])],
          {
            align_corners: flag(corners),
            half_pixel_centers: flag(!corners && pick(true, false)),
          },
        );
      },
      { times: 24 },
    ));

  it('channels spread over blocks of pixels', () =>
    expectAll((g, x) => g.node('DepthToSpace', [x], { block_size: whole(2), data_format: text('NHWC') }), {
      sizes: [3, 4, 8],
      times: 1,
    }));
});

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

describe('sums and shapes', () => {
  it('sums, means, extremes and products over any dimensions', () =>
    expectAll(
      (g, x, pick) => {
        const axes = pick([1, 2], [1], [2], [3], [-1], [1, 2, 3], [2, 3], [1, 3]);
        const y = pick(x, g.node('Transpose', [x, g.ints([0, 3, 1, 2])]));
        return g.node(pick('Mean', 'Sum', 'Max', 'Min', 'Prod'), [y, g.ints(axes)], {
          keep_dims: flag(pick(true, false)),
        });
      },
      { times: 40 },
    ));

  it('where the largest is', () =>
    expectAll(
      (g, x, pick) =>
        g.node('Cast', [g.node(pick('ArgMax', 'ArgMin'), [x, g.ints([pick(1, -1)], [])])], {
          DstT: type('DT_FLOAT'),
        }),
      { times: 4 },
    ));

  it('slices, as numpy writes them', () =>
    expectAll(
      (g, x, pick) => {
        const slice = (
          begin: number[],
          end: number[],
          steps: number[],
          masks: Readonly<Record<string, number>>,
        ) =>
          g.node(
            'StridedSlice',
            [x, g.ints(begin), g.ints(end), g.ints(steps)],
            Object.fromEntries(
              Object.entries(masks).map(([name, bits]): [string, JsonAttribute] => [
                `${name}_mask`,
                whole(bits),
              ]),
            ),
          );
        return pick(
          // x[..., ::-1]
          () => slice([0, 0], [0, 0], [1, -1], { ellipsis: 1, begin: 2, end: 2 }),
          // x[:, 1:5, 2]
          () => slice([0, 1, 2], [0, 5, 3], [1, 1, 1], { begin: 1, end: 1, shrink: 0, shrink_axis: 4 }),
          // x[:, -3:, ::2]
          () => slice([0, -3, 0], [0, 0, 0], [1, 1, 2], { begin: 5, end: 7 }),
          // x[:, None, :, 4]
          () =>
            slice([0, 0, 0, 4], [0, 0, 0, 5], [1, 1, 1, 1], {
              begin: 5,
              end: 5,
              new_axis: 2,
              shrink_axis: 8,
            }),
          () => g.node('Slice', [x, g.ints([0, 1, 0, 1]), g.ints([-1, 3, -1, 2])]),
          () => g.node('ReverseV2', [x, g.ints([pick(-1, 1)])]),
          () => g.node('GatherV2', [x, g.ints([2, 0, 1, 1]), g.ints([3], [])], { batch_dims: whole(0) }),
          () => g.node('GatherV2', [x, g.ints([6], []), g.ints([1], [])], { batch_dims: whole(0) }),
        )();
      },
      { times: 24 },
    ));

  it('pieces and their joins', () =>
    expectAll(
      (g, x, pick) => {
        const axis = pick(1, 2, 3);
        const sizes = { 1: [2, 5], 2: [4, 5], 3: [1, 2] }[axis] ?? [];
        const even = pick(true, false);
        const split =
          axis === 3 && even
            ? g.node('Split', [g.ints([3], []), x], { num_split: whole(3) })
            : g.node('SplitV', [x, g.ints(sizes), g.ints([axis], [])], { num_split: whole(2) });
        const doubled = g.node('Relu', [`${split}:1`]);
        return g.node('ConcatV2', [doubled, split, doubled, g.ints([pick(axis, axis - 4)], [])], {
          N: whole(3),
        });
      },
      { times: 10 },
    ));

  it('stacks, and stacks taken apart', () =>
    expectAll(
      (g, x, pick) => {
        const pieces = g.node('Unpack', [x], { axis: whole(3), num: whole(3) });
        return g.node('Pack', [`${pieces}:2`, pieces, `${pieces}:1`], {
          axis: whole(pick(1, -1, 2)),
          N: whole(3),
        });
      },
      { times: 4 },
    ));

  it('repetitions', () =>
    expectAll((g, x, pick) => g.node('Tile', [x, g.ints(pick([1, 2, 1, 3], [1, 1, 1, 1]))]), { times: 2 }));

  it('a token before all others', () =>
    expectAll((g, x) => {
      const words = g.node('Reshape', [x, g.ints([-1, 63, 3])]);
      const batch = g.node(
        'StridedSlice',
        [g.node('Shape', [words]), g.ints([0]), g.ints([1]), g.ints([1])],
        {
          shrink_axis_mask: whole(1),
        },
      );
      const size = g.node('Pack', [batch, g.ints([1], []), g.ints([3], [])]);
      const token = g.node('BroadcastTo', [g.weights(1, 1, 3), size]);
      const zeros = g.node('Fill', [size, g.floats([0.5], [])]);
      return g.node('ConcatV2', [token, zeros, words, g.ints([1], [])], { N: whole(3) });
    }));

  it('reshapes and transposes of any kind, one after the other', () =>
    expectAll(
      (g, x, pick) => {
        const conv = g.node('Conv2D', [x, g.weights(3, 3, 4, 8)], still('SAME'));
        const shuffled = () => {
          const groups = g.node('Reshape', [conv, g.ints([-1, 6, 10, 2, 4])]);
          return g.node('Reshape', [
            g.node('Transpose', [groups, g.ints([0, 1, 2, 4, 3])]),
            g.ints([-1, 6, 10, 8]),
          ]);
        };
        const turned = () =>
          g.node('Reshape', [g.node('Transpose', [conv, g.ints([0, 3, 2, 1])]), g.ints([-1, 4, 20, 6])]);
        const words = () => g.node('Reshape', [conv, g.ints([-1, 60, 8])]);
        const thick = () =>
          g.node('ExpandDims', [
            g.node('Squeeze', [g.node('Mean', [conv, g.ints([1])], { keep_dims: flag(true) })], {
              squeeze_dims: wholes([1]),
            }),
            g.ints([pick(1, 2, -1)], []),
          ]);
        const first = pick(shuffled, turned, words, thick)();
        return pick(
          () => first,
          () => g.node('Reshape', [first, g.ints([-1, 2])]),
          () => g.node('AddV2', [g.node('Reshape', [first, g.ints([-1, 5, 4])]), g.weights(5, 4)]),
          () => g.node('Softmax', [first]),
        )();
      },
      { sizes: [6, 10, 4], times: 40 },
    ));
});

describe('products of matrices', () => {
  it('of any rank, transposed or not, by constants and by one another', () =>
    expectAll(
      (g, x, pick) => {
        const words = g.node('Reshape', [x, g.ints([-1, 12, 5])]);
        const flat = g.node('Reshape', [x, g.ints([-1, 60])]);
        return pick(
          () => g.node('MatMul', [flat, g.weights(60, 4)]),
          () =>
            g.node('BiasAdd', [
              g.node('MatMul', [flat, g.weights(4, 60)], { transpose_b: flag(true) }),
              g.weights(4),
            ]),
          () => g.node('BatchMatMulV2', [words, words], { adj_y: flag(true) }),
          () => g.node('BatchMatMulV2', [words, words], { adj_x: flag(true) }),
          () => g.node('BatchMatMulV2', [words, g.weights(5, 3)]),
          () =>
            g.node('_FusedMatMul', [flat, g.weights(60, 4), g.weights(4)], {
              fused_ops: texts(['BiasAdd', pick('Relu', 'Elu', 'Relu6', 'Sigmoid')]),
              num_args: whole(1),
            }),
        )();
      },
      { sizes: [3, 4, 5], times: 20 },
    ));

  it('in the notation of Einstein, which WebAssembly does not know', async () => {
    const build = (isEinsum: boolean) => {
      const g = graphWriter(randomFrom(1));
      const x = g.input([-1, 12, 5]);
      const [projection, turned] = [g.weights(5, 4), g.ints([0, 2, 1])];
      const y = isEinsum
        ? g.node('Einsum', [x, projection], { equation: text('abc,cd->adb'), N: whole(2) })
        : g.node('Transpose', [g.node('BatchMatMulV2', [x, projection]), turned]);
      return g.model([g.node('Identity', [isEinsum ? g.node('Identity', [y]) : y])]);
    };
    const random = randomFrom(1);
    const converted = await expectSame(build(true), random, { sizes: [12, 5], twin: build(false) });
    expect(operatorsOf(converted).Einsum).toBe(1);
  });

  it('attention, as transformers write it', () =>
    expectAll(
      (g, x) => {
        const heads = (weights: string) => {
          const projected = g.node('BatchMatMulV2', [g.node('Reshape', [x, g.ints([-1, 12, 8])]), weights]);
          return g.node('Transpose', [
            g.node('Reshape', [projected, g.ints([-1, 12, 2, 4])]),
            g.ints([0, 2, 1, 3]),
          ]);
        };
        const [q, k, v] = [heads(g.weights(8, 8)), heads(g.weights(8, 8)), heads(g.weights(8, 8))];
        const scores = g.node('Softmax', [
          g.node('Mul', [g.node('BatchMatMulV2', [q, k], { adj_y: flag(true) }), g.floats([0.5], [])]),
        ]);
        const mixed = g.node('Transpose', [g.node('BatchMatMulV2', [scores, v]), g.ints([0, 2, 1, 3])]);
        return g.node('Reshape', [mixed, g.ints([-1, 12, 8])]);
      },
      { sizes: [3, 4, 8], times: 2 },
    ));
});

describe('economy', () => {
  it('transposes that cancel leave nothing behind', async () => {
    const random = randomFrom(1);
    const g = graphWriter(random);
    const x = g.input([-1, 6, 6, 3]);
    const moving = still('SAME');
    const c1 = g.node('Conv2D', [x, g.weights(3, 3, 3, 4)], moving);
    const first = g.node('Transpose', [c1, g.ints([0, 3, 1, 2])]);
    const last = g.node('Transpose', [g.node('Relu', [first]), g.ints([0, 2, 3, 1])]);
    const c2 = g.node('Conv2D', [last, g.weights(3, 3, 4, 4)], moving);
    const y = g.node('Mean', [c2, g.ints([1, 2])]);
    const converted = await expectSame(g.model([y]), random, { sizes: [6, 6, 3] });
    expect(operatorsOf(converted)).toEqual({
      Conv: 2,
      Relu: 1,
      GlobalAveragePool: 1,
      Flatten: 1,
      Identity: 1,
    });
  });

  it('a dilated convolution is one node, with its bias', async () => {
    const random = randomFrom(1);
    const g = graphWriter(random);
    const x = g.input([-1, 8, 8, 3]);
    const blocks = g.node('SpaceToBatchND', [x, g.ints([2, 2]), g.ints([2, 2, 2, 2], [2, 2])]);
    const c1 = g.node('Conv2D', [blocks, g.weights(3, 3, 3, 4)], still('VALID'));
    const active = g.node('Relu', [g.node('BiasAdd', [c1, g.weights(4)])]);
    const whole = g.node('BatchToSpaceND', [active, g.ints([2, 2]), g.ints([0, 0, 0, 0], [2, 2])]);
    const converted = await expectSame(g.model([g.node('Mean', [whole, g.ints([1, 2])])]), random, {
      sizes: [8, 8, 3],
    });
    expect(operatorsOf(converted)).toEqual({
      Conv: 1,
      Relu: 1,
      GlobalAveragePool: 1,
      Flatten: 1,
      Identity: 1,
    });
  });

  it('a bias goes back to the convolution whose sum with another tensor it was taken from', async () => {
    const random = randomFrom(1);
    const g = graphWriter(random);
    const x = g.input([-1, 8, 8, 3]);
    const c1 = g.node('Relu', [g.node('Conv2D', [x, g.weights(3, 3, 3, 4)], still('SAME'))]);
    const c2 = g.node('Conv2D', [c1, g.weights(3, 3, 4, 4)], still('SAME'));
    const sum = g.node('AddN', [c1, c2], { N: whole(2) });
    const y = g.node('Mean', [g.node('AddV2', [g.weights(4), sum]), g.ints([1, 2])]);
    const converted = await expectSame(g.model([y]), random, { sizes: [8, 8, 3] });
    expect(operatorsOf(converted)).toEqual({
      Conv: 2,
      Relu: 1,
      Add: 1,
      GlobalAveragePool: 1,
      Flatten: 1,
      Identity: 1,
    });
  });

  it('a maximum and a minimum of one number each are one limit, in either order', async () => {
    const random = randomFrom(1);
    const build = (first: string, ends: readonly [number, number]) => {
      const g = graphWriter(random);
      const x = g.input([-1, 8, 8, 3]);
      const [a, b] = ends.map((end) => g.floats([end], []));
      const second = first === 'Maximum' ? 'Minimum' : 'Maximum';
      return g.model([g.node(second, [b ?? '', g.node(first, [x, a ?? ''])])]);
    };
    const counts: Record<string, number>[] = [];
    for (const [first, ends] of [
      ['Maximum', [0, 0.6]],
      ['Minimum', [0.5, -0.5]],
      ['Minimum', [-0.5, 0.5]],
    ] as const) {
      counts.push(operatorsOf(await expectSame(build(first, ends), random, { sizes: [8, 8, 3] })));
    }
    expect(counts.map(({ Clip }) => Clip)).toEqual([1, 1, 2]);
  });

  it('a border becomes a part of the convolution after it, through a Transpose too', async () => {
    const random = randomFrom(1);
    const g = graphWriter(random);
    const x = g.input([1, 3, 6, 6]);
    const padded = g.node('Pad', [x, g.ints([0, 0, 0, 0, 1, 2, 0, 1], [4, 2])]);
    const last = g.node('Transpose', [padded, g.ints([0, 2, 3, 1])]);
    const c1 = g.node('Conv2D', [last, g.weights(3, 3, 3, 4)], still('VALID'));
    const converted = await expectSame(g.model([g.node('Mean', [c1, g.ints([1, 2])])]), random, {
      sizes: [3, 6, 6],
      images: 1,
    });
    expect(operatorsOf(converted)).toEqual({ Conv: 1, GlobalAveragePool: 1, Flatten: 1, Identity: 1 });
  });

  it('squeeze and excitation moves nothing', async () => {
    const random = randomFrom(1);
    const g = graphWriter(random);
    const x = g.input([-1, 6, 6, 3]);
    const moving = still('SAME');
    const c1 = g.node('Conv2D', [x, g.weights(3, 3, 3, 4)], moving);
    const pooled = g.node('Reshape', [g.node('Mean', [c1, g.ints([1, 2])]), g.ints([-1, 1, 1, 4])]);
    const gate = g.node('Sigmoid', [g.node('Conv2D', [pooled, g.weights(1, 1, 4, 4)], moving)]);
    const y = g.node('Mean', [g.node('Mul', [c1, gate]), g.ints([1, 2])]);
    const converted = await expectSame(g.model([y]), random, { sizes: [6, 6, 3] });
    expect(operatorsOf(converted).Transpose).toBe(undefined);
  });
});
