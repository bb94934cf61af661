import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers as L, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import type { RandomStream } from '../../../../protocol/base/random.js';

export type Packing = 'float32' | 'uint8' | 'uint16' | 'float16';

/**
 * Gives every weight of a model random values; variances and factors of a normalization stay positive, and kernels keep
 * the size of what passes them, so that a deep network makes no more of a rounding error than a trained one does.
 */
export function randomizeWeights(model: LayersModel, random: RandomStream): void {
  const weights = model.weights.map(({ name, shape }) => {
    const sizes = shape.map((size) => size ?? 0);
    const length = sizes.reduce((product, size) => product * size, 1);
    const inputs = length / (sizes.at(name.includes('depthwise') ? -2 : -1) ?? 1);
    const reach = name.includes('kernel') ? Math.sqrt(3 / inputs) : 0.5;
    const positive = /variance|gamma/.test(name);
    const values = Float32Array.from({ length }, () =>
      positive ? 0.5 + random.uniform() : reach * (2 * random.uniform() - 1),
    );
    return tf.tensor(values, sizes);
  });
  model.setWeights(weights);
  tf.dispose(weights);
}

/** Saves a model as `model.json` in `dir`, its weights packed and cut into shards of `shardBytes`; returns the path. */
export async function saveLayersModel(
  model: LayersModel,
  dir: string,
  {
    packing = 'float32',
    shardBytes = 1 << 22,
  }: { readonly packing?: Packing; readonly shardBytes?: number } = {},
): Promise<string> {
  const path = join(dir, 'model.json');
  await model.save({
    async save({ modelTopology, weightSpecs = [], weightData }) {
      const floats = new Float32Array(weightData as ArrayBuffer);
      let start = 0;
      const packed = weightSpecs.map((spec) => {
        const length = spec.shape.reduce((product, size) => product * size, 1);
        const { bytes, quantization } = pack(floats.slice(start, start + length), packing);
        start += length;
        return { spec: quantization === undefined ? spec : { ...spec, quantization }, bytes };
      });
      const data = Buffer.concat(packed.map(({ bytes }) => bytes));
      const paths: string[] = [];
      for (let from = 0; from < data.length; from += shardBytes) {
        const shard = `group1-shard${paths.length + 1}.bin`;
        paths.push(shard);
        await writeFile(join(dir, shard), data.subarray(from, from + shardBytes));
      }
      const weightsManifest = [{ paths, weights: packed.map(({ spec }) => spec) }];
      await writeFile(path, JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest }));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
  return path;
}

/** As the tensorflowjs converter packs: value = q · scale + min, or IEEE 754 binary16. */
function pack(values: Float32Array, packing: Packing) {
  if (packing === 'float32') return { bytes: new Uint8Array(values.buffer) };
  if (packing === 'float16') {
    const halves = Uint16Array.from(values, toHalf);
    return { bytes: new Uint8Array(halves.buffer), quantization: { dtype: packing } };
  }
  const top = packing === 'uint8' ? 255 : 65_535;
  const min = Math.min(...values);
  const scale = (Math.max(...values) - min) / top || 1;
  const levels = Array.from(values, (value) => Math.round((value - min) / scale));
  const bytes =
    packing === 'uint8' ? Uint8Array.from(levels) : new Uint8Array(Uint16Array.from(levels).buffer);
  return { bytes, quantization: { dtype: packing, scale, min } };
}

/** Of normal and subnormal numbers, rounded down: any bits will do, for both readers get the same. */
function toHalf(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign | Math.floor(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | ((exponent + 15) << 10) | Math.floor((size / 2 ** exponent - 1) * 1024);
}

/** Grey images of 7×7 and four classes. */
export function smallModel(): LayersModel {
  return sequential({
    layers: [
      L.conv2d({ inputShape: [7, 7, 1], filters: 3, kernelSize: 3, activation: 'relu', name: 'conv' }),
      L.flatten({ name: 'flat' }),
      L.dropout({ rate: 0.5, name: 'drop' }),
      L.dense({ units: 4, activation: 'softmax', name: 'dense' }),
    ],
  });
}
