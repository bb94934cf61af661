import { readFile, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import type { RandomStream } from '../../../../protocol/base/random.js';
import { encodeModel } from '../../../../worker/onnx/file.js';
import type { Converted, OpenSize } from '../../../../worker/tfjs/converted.js';
import { convertLayers } from '../../../../worker/tfjs/layers-model/convert.js';
import { readTfjsModel } from '../read-model.js';
import { randomizeWeights, saveLayersModel } from './saved-models.js';

/** A layer of a `model.json`, which a test may change. */
export interface LayerJson {
  class_name: string;
  config: { layers?: LayerJson[]; [option: string]: unknown };
  inbound_nodes?: unknown[] | undefined;
  [key: string]: unknown;
}

/** A `model.json` that a test changes after TensorFlow.js has written it. */
export interface ModelJson {
  modelTopology: {
    class_name: string;
    config: {
      layers: LayerJson[];
      input_layers?: unknown[];
      output_layers?: unknown[];
      [option: string]: unknown;
    };
    [key: string]: unknown;
  };
  weightsManifest: { paths: string[]; weights: { name: string; shape: number[]; dtype: string }[] }[];
}

export interface Comparison {
  readonly random: RandomStream;
  readonly dir: string;
  /** Changes what was saved into another way to say the same; TensorFlow.js computes with the model as it was. */
  readonly change?: (json: ModelJson) => void;
  readonly images?: number;
  /** Numbers that go in are from 0 to this; without it, from −1 to 1. */
  readonly most?: number;
  readonly size?: OpenSize;
  /** Random layers may make the same of every image; other networks must not, for that would prove little. */
  readonly varied?: boolean;
}

/** Compares a model with its conversion on 100 random images, to 1e-5 of its largest output; gives the conversion. */
export async function expectSame(
  model: LayersModel,
  { random, dir, change, images = 100, most, size = {}, varied = true }: Comparison,
): Promise<Converted> {
  randomizeWeights(model, random);
  const path = await saveLayersModel(model, dir);
  if (change !== undefined) {
    const json: ModelJson = JSON.parse(await readFile(path, 'utf8'));
    change(json);
    await writeFile(path, JSON.stringify(json));
  }
  const [, ...open] = model.inputs[0]?.shape ?? [];
  const [down, across] = model.layers.some((layer) => layer.getConfig().dataFormat === 'channelsFirst')
    ? [1, 2]
    : [0, 1];
  const sizes = open.map(
    (length, i) => length ?? (i === down ? size.height : i === across ? size.width : 0) ?? 0,
  );
  const length = sizes.reduce((product, each) => product * each, images);
  const values = Float32Array.from(
    { length },
    () => (most ?? 2) * random.uniform() - (most === undefined ? 1 : 0),
  );
  const expected = tf.tidy(() =>
    [model.predict(tf.tensor(values, [images, ...sizes]), { batchSize: images })]
      .flat()
      .map((output) => output.dataSync<'float32'>().slice()),
  );
  const converted = convertLayers(await readTfjsModel(path), size);
  const found = await runOnnx(converted, values, [images, ...sizes]);
  expect([...found.keys()]).toEqual(model.outputNames);
  [...found.values()].forEach((output, i) => {
    const wanted = expected[i] ?? new Float32Array();
    const first = wanted.slice(0, wanted.length / images);
    const differs = wanted.some((value, i) => Math.abs(value - (first[i % first.length] ?? 0)) > 1e-3);
    expect(differs || !varied).toBe(true);
    const scale = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    expect(largestDifference(output, wanted) / scale).toBeLessThan(1e-5);
  });
  model.dispose();
  return converted;
}

/** All outputs of a conversion for numbers that lie as the original takes them. */
export async function runOnnx(
  { model, original }: Converted,
  values: Float32Array,
  dims: readonly number[],
): Promise<Map<string, Float32Array>> {
  const [n = 1, h = 1, w = 1, c = 1] = dims;
  const planar = dims.length === 4 && original.layout === 'NHWC';
  const input = planar
    ? new Tensor('float32', channelsFirst(values, [n, h, w, c]), [n, c, h, w])
    : new Tensor('float32', values, dims);
  const session = await InferenceSession.create(encodeModel(model), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const results = await session.run({ [session.inputNames[0] ?? '']: input });
  const outputs = session.outputNames.map((name): [string, Float32Array] => [
    name,
    Float32Array.from(results[name]?.data as Float32Array),
  ]);
  await session.release();
  return new Map(outputs);
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

/** [n, h, w, c] → [n, c, h, w]. */
export function channelsFirst(
  values: Float32Array,
  [_n, h, w, c]: readonly [number, number, number, number],
): Float32Array {
  const turned = new Float32Array(values.length);
  values.forEach((value, i) => {
    const image = Math.floor(i / (h * w * c));
    turned[image * h * w * c + (i % c) * h * w + (Math.floor(i / c) % (h * w))] = value;
  });
  return turned;
}
