import { beforeAll, describe, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { graphWriter, real, text, texts, whole, wholes } from './graph-writer.js';
import { expectAll, still, sweep } from './options.js';
import { expectSame } from './oracle.js';

beforeAll(useWasm);

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
