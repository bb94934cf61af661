import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import type { RandomStream } from '../../../../protocol/base/random.js';
import { encodeModel, integer } from '../../../../worker/onnx/file.js';
import type { Converted } from '../../../../worker/tfjs/converted.js';
import type { TfjsModel } from '../../../../worker/tfjs/files.js';
import { convertGraph } from '../../../../worker/tfjs/graph-model/convert.js';

/** One output: its numbers, and their shape. */
export interface Output {
  readonly name: string;
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface Comparison {
  /** Of one image, as the model takes it. */
  readonly sizes: readonly number[];
  readonly images?: number;
  /** The range of the numbers. */
  readonly least?: number;
  readonly most?: number;
  /** Numbers without fractions. */
  readonly whole?: boolean;
  /** A model that computes the same, for what no backend of TensorFlow.js that is at hand can run. */
  readonly twin?: TfjsModel;
}

/**
 * Converts `model` and compares it, on random images, with itself as TensorFlow.js runs it: every output, its name, its shape
 * and its numbers to 1e-5 of the largest. Returns what it was converted to.
 */
export async function expectSame(
  model: TfjsModel,
  random: RandomStream,
  { sizes, images = 3, least = -1, most = 1, whole = false, twin = model }: Comparison,
): Promise<Converted> {
  const length = sizes.reduce((product, size) => product * size, images);
  const draw = () => least + (most - least) * random.uniform();
  const values = Float32Array.from({ length }, () => (whole ? Math.round(draw()) : draw()));
  const converted = convertGraph(model);
  const expected = await runTensorflow(twin, values, [images, ...sizes], whole ? 'int32' : 'float32');
  const found = await runOnnx(converted, values, [images, ...sizes]);
  expect(found.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
  found.forEach(({ data, dims }, i) => {
    const wanted = expected[i];
    expect(dims).toEqual(wanted?.dims);
    const numbers = wanted?.data ?? new Float32Array();
    const scale = numbers.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    expect(largestDifference(data, numbers) / scale).toBeLessThan(1e-5);
  });
  return converted;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

/** All outputs, as TensorFlow.js names and computes them. */
async function runTensorflow(
  { json, specs, data }: TfjsModel,
  values: Float32Array,
  dims: readonly number[],
  dtype: 'float32' | 'int32',
): Promise<Output[]> {
  const artifacts: tf.io.ModelArtifacts = {
    // TensorFlow.js writes into what it loads.
    ...structuredClone(json),
    weightSpecs: specs.map((spec) => ({ ...spec }) as tf.io.WeightsManifestEntry),
    weightData: data.slice().buffer,
  };
  const network = await loadGraphModel({ load: async () => artifacts });
  const input = tf.tensor(values, [...dims], dtype);
  const names = network.outputs.map(({ name }) => name);
  const results = [network.predict(input)].flat() as tf.Tensor[];
  const outputs = results.map((tensor, i) => ({
    name: names[i] ?? '',
    data: Float32Array.from(tensor.dataSync()),
    dims: tensor.shape,
  }));
  tf.dispose([input, ...results]);
  network.dispose();
  return outputs;
}

/** `values` lie as the model takes them; the converted network may take them with channels first. */
export async function runOnnx(
  { model, original }: Converted,
  values: Float32Array,
  dims: readonly number[],
): Promise<Output[]> {
  const isTurned = dims.length === 4 && original.layout === 'NHWC';
  const [n = 1, h = 1, w = 1, c = 1] = dims;
  const shape = isTurned ? [n, c, h, w] : dims;
  const data = isTurned ? channelsFirst(values, [h, w, c]) : values;
  const session = await InferenceSession.create(encodeModel(model), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const results = await session.run({ [session.inputNames[0] ?? '']: new Tensor('float32', data, shape) });
  const outputs = session.outputNames.map((name) => ({
    name,
    data: results[name]?.data as Float32Array,
    dims: results[name]?.dims ?? [],
  }));
  await session.release();
  return outputs;
}

/** [n, h, w, c] → [n, c, h, w]. */
function channelsFirst(values: Float32Array, [h, w, c]: readonly [number, number, number]): Float32Array {
  const turned = new Float32Array(values.length);
  values.forEach((value, i) => {
    const image = Math.floor(i / (h * w * c));
    turned[image * h * w * c + (i % c) * h * w + (Math.floor(i / c) % (h * w))] = value;
  });
  return turned;
}

/** How many nodes of each operator the converted graph has. */
export function operatorsOf({ model }: Converted): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { opType = '' } of model.graph.node ?? [])
    counts[opType ?? ''] = (counts[opType ?? ''] ?? 0) + 1;
  return counts;
}

/** The declared sizes of an output; `N` for the batch. */
export function declared({ model }: Converted, output = 0): (number | string)[] {
  const dims = model.graph.output?.[output]?.type?.tensorType?.shape?.dim ?? [];
  return dims.map(({ dimValue, dimParam }) => dimParam ?? integer(dimValue ?? 0));
}
