import { beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { graphWriter, whole } from './graph-writer.js';
import { still } from './options.js';
import { expectSame, operatorsOf } from './oracle.js';

beforeAll(useWasm);

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
