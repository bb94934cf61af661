import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RandomStream } from '../../../protocol/base/random.js';
import type { Model } from '../../../worker/model/model.js';

/** A model of 4×5 RGB images and three classes at `path`, of which only what a classifier asks is true. */
export function tinyModel(path: string, rest: Partial<Model> = {}): Model {
  return {
    name: 'tiny',
    format: 'tfjs-graph',
    path,
    files: [path],
    digest: 'ab'.repeat(32),
    input: {
      layout: 'NHWC',
      width: 5,
      height: 4,
      channels: 'RGB',
      scale: [0.01, 0.01, 0.01],
      offset: [0, -1, 1],
    },
    output: 'softmax',
    labels: ['a', 'b', 'c'],
    notes: [],
    ...rest,
  };
}

/**
 * Writes a TensorFlow.js graph model, as its converter would: softmax(flatten(images) · kernel), and beside it the
 * logits as a second output where `twoOutputs` says so. Returns the path of its model.json.
 */
export async function saveGraphModel(
  dir: string,
  random: RandomStream,
  { batch = -1, twoOutputs = false }: { readonly batch?: number; readonly twoOutputs?: boolean } = {},
): Promise<string> {
  const sizes = (...shape: number[]) => ({ dim: shape.map((size) => ({ size: String(size) })) });
  const float = { type: 'DT_FLOAT' };
  const constant = (name: string, dtype: string, ...shape: number[]) => ({
    name,
    op: 'Const',
    attr: { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape: sizes(...shape) } } },
  });
  const node = (name: string, op: string, input: string[], attr = {}) => ({
    name,
    op,
    input,
    attr: { T: float, ...attr },
  });
  const modelTopology = {
    node: [
      { name: 'images', op: 'Placeholder', attr: { dtype: float, shape: { shape: sizes(batch, 4, 5, 3) } } },
      constant('shape', 'DT_INT32', 2),
      constant('kernel', 'DT_FLOAT', 60, 3),
      node('flat', 'Reshape', ['images', 'shape'], { Tshape: { type: 'DT_INT32' } }),
      node('logits', 'MatMul', ['flat', 'kernel'], { transpose_a: { b: false }, transpose_b: { b: false } }),
      node('scores', 'Softmax', ['logits']),
    ],
    library: {},
    versions: { producer: 1 },
  };
  const tensor = (name: string, ...shape: number[]) => ({
    name: `${name}:0`,
    dtype: 'DT_FLOAT',
    tensorShape: sizes(...shape),
  });
  const outputs = {
    scores: tensor('scores', batch, 3),
    ...(twoOutputs ? { logits: tensor('logits', batch, 3) } : {}),
  };
  const kernel = Float32Array.from({ length: 180 }, () => random.uniform() - 0.5);
  await writeFile(
    join(dir, 'weights.bin'),
    Buffer.concat([Buffer.from(Int32Array.of(-1, 60).buffer), Buffer.from(kernel.buffer)]),
  );
  const path = join(dir, 'model.json');
  await writeFile(
    path,
    JSON.stringify({
      format: 'graph-model',
      modelTopology,
      signature: { inputs: { images: tensor('images', batch, 4, 5, 3) }, outputs },
      weightsManifest: [
        {
          paths: ['weights.bin'],
          weights: [
            { name: 'shape', shape: [2], dtype: 'int32' },
            { name: 'kernel', shape: [60, 3], dtype: 'float32' },
          ],
        },
      ],
    }),
  );
  return path;
}
