import { expect, it } from 'vitest';
import { createSession, runnerOf } from '../../../worker/classifier/onnx/session.js';
import { encodeModel } from '../../../worker/onnx/file.js';
import { integerTensor } from '../../../worker/onnx/tensor.js';
import { node, SIDE, tinyModel } from '../onnx/tiny-networks.js';

it('zeros padded around negative values win the maximum, whatever the engine would like to fuse', async () => {
  const ints = (name: string, values: readonly number[]) => ({ name, type: 7, ints: [...values] });
  const model = tinyModel({
    outputs: [{ name: 'y', dims: [1, 3 * SIDE * SIDE] }],
    weights: [integerTensor('pads', [0, 0, 1, 1, 0, 0, 1, 1]), integerTensor('flat', [1, 3 * SIDE * SIDE])],
    nodes: [
      node('Pad', ['x', 'pads'], 'padded'),
      node('MaxPool', ['padded'], 'pooled', ints('kernel_shape', [3, 3]), ints('strides', [1, 1])),
      node('Reshape', ['pooled', 'flat'], 'y'),
    ],
  });
  const session = await createSession(encodeModel(model), 'cpu');
  const runner = runnerOf(session, { input: 'x', output: 'y', dims: [3, SIDE, SIDE], batch: 1 });
  try {
    const [channel = []] = [
      [...(await runner.run(new Float32Array(3 * SIDE * SIDE).fill(-1), 1))].slice(0, SIDE * SIDE),
    ];
    // Every window at the edge touches a padded zero; only those inside see nothing but −1.
    const inside = (i: number) => i > 0 && i < SIDE - 1;
    expect(channel.map((value) => value + 0)).toEqual(
      Array.from({ length: SIDE * SIDE }, (_, i) =>
        inside(i % SIDE) && inside(Math.floor(i / SIDE)) ? -1 : 0,
      ),
    );
  } finally {
    await runner.release();
  }
});
