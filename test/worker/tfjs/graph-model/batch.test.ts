import { beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { convertGraph } from '../../../../worker/tfjs/graph-model/convert.js';
import { flag, type GraphWriter, graphWriter, whole, wholes } from './graph-writer.js';
import { still } from './options.js';
import { declared, expectSame, runOnnx } from './oracle.js';
import { refusalOf, small } from './small-network.js';

beforeAll(useWasm);

describe('the batch', () => {
  it('is opened where the model fixes it', async () => {
    for (const batch of [1, 4]) {
      const random = randomFrom(batch);
      const g = graphWriter(random);
      const x = g.input([batch, 6, 6, 3]);
      const flat = g.node('Reshape', [
        g.node('Conv2D', [x, g.weights(3, 3, 3, 4)], still('SAME')),
        g.ints([batch, -1]),
      ]);
      const y = g.node('Reshape', [g.node('MatMul', [flat, g.weights(144, 5)]), g.ints([batch, 5])]);
      const model = g.model([y]);
      const converted = await expectSame(model, random, { sizes: [6, 6, 3], images: batch });
      expect(declared(converted)).toEqual(['N', 5]);
      const image = Float32Array.from({ length: 108 }, () => random.uniform());
      const seven = Float32Array.from({ length: 7 * 108 }, (_, i) => image[i % 108] ?? 0);
      const [one] = await runOnnx(converted, image, [1, 6, 6, 3]);
      const [all] = await runOnnx(converted, seven, [7, 6, 6, 3]);
      expect(all?.data.slice(-5)).toEqual(one?.data);
    }
  });

  it('is opened where the model takes all of it', () => {
    const model = small({
      sizes: [1, 6, 6, 3],
      tail: (g, y) => g.node('Slice', [y, g.ints([0, 1]), g.ints([1, 2])]),
    });
    expect(declared(convertGraph(model))).toEqual(['N', 2]);
  });

  it('is put back where a model for one image takes it out', async () => {
    const random = randomFrom(1);
    for (const squeeze_dims of [[0], []]) {
      const model = small({
        sizes: [1, 6, 6, 3],
        tail: (g, y) => g.node('Relu', [g.node('Squeeze', [y], { squeeze_dims: wholes(squeeze_dims) })]),
      });
      const converted = convertGraph(model);
      expect(declared(converted)).toEqual(['N', 4]);
      const image = Float32Array.from({ length: 108 }, () => random.uniform());
      const other = Float32Array.from({ length: 108 }, () => random.uniform());
      const [both] = await runOnnx(converted, Float32Array.of(...image, ...other), [2, 6, 6, 3]);
      const [first] = await runOnnx(converted, image, [1, 6, 6, 3]);
      expect(both?.dims).toEqual([2, 4]);
      expect(both?.data.slice(0, 4)).toEqual(first?.data);
    }
  });

  it('stays as it is where an operator needs it so', async () => {
    const random = randomFrom(1);
    const squeezed = (g: GraphWriter, y: string) => g.node('Squeeze', [y], { squeeze_dims: wholes([0]) });
    for (const tail of [
      (g: GraphWriter, y: string) => g.node('Max', [y, g.ints([0])], { keep_dims: flag(true) }),
      // Over what would be all images.
      (g: GraphWriter, y: string) =>
        g.node('ExpandDims', [g.node('Softmax', [squeezed(g, y)]), g.ints([0], [])]),
    ]) {
      const converted = await expectSame(small({ sizes: [1, 6, 6, 3], tail }), random, {
        sizes: [6, 6, 3],
        images: 1,
      });
      expect(declared(converted)).toEqual([1, 4]);
    }
  });

  it('is not mixed', () => {
    const mixed = small({ tail: (g, y) => g.node('Mean', [y, g.ints([0])]) });
    expect(refusalOf(mixed)).toMatch(
      /^ERR_LAYER_OPTION: .* Mean \(node "Mean_\d+"\) .* mixes the images of a batch/,
    );
    const first = small({
      tail: (g, y) =>
        g.node('StridedSlice', [y, g.ints([0]), g.ints([1]), g.ints([1])], { shrink_axis_mask: whole(1) }),
    });
    expect(refusalOf(first)).toMatch(/takes one image out of a batch/);
  });
});
