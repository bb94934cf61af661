import { beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { flag, graphWriter, text, texts, whole } from './graph-writer.js';
import { expectAll } from './options.js';
import { expectSame, operatorsOf } from './oracle.js';

beforeAll(useWasm);

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
