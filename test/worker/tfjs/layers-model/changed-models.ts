import type * as tf from '@tensorflow/tfjs-core';
import { layers as L, type LayersModel, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import type { TfjsModel } from '../../../../worker/tfjs/files.js';
import { convertLayers } from '../../../../worker/tfjs/layers-model/convert.js';
import { readTfjsModel } from '../read-model.js';
import { type LayerJson, type ModelJson, runOnnx } from './comparison.js';
import { saveLayersModel } from './saved-models.js';

/** A layer's options as Keras writes them. */
export interface Options {
  [option: string]: unknown;
}

/** A small classifier that begins with `before`. */
export function classifier(before: Parameters<Sequential['add']>[0][] = []): LayersModel {
  const model = sequential();
  model.add(L.inputLayer({ inputShape: [6, 8, 3], name: 'image' }));
  for (const layer of before) model.add(layer);
  model.add(L.conv2d({ filters: 4, kernelSize: 3, name: 'conv', activation: 'relu' }));
  model.add(L.flatten({ name: 'flat' }));
  model.add(L.dense({ units: 3, name: 'scores', activation: 'softmax' }));
  return model;
}

export const layersOf = (json: ModelJson): LayerJson[] => json.modelTopology.config.layers;
/** Puts a layer behind the input. */
export const insert = (class_name: string, config: Options) => (json: ModelJson) => {
  layersOf(json).splice(1, 0, {
    class_name,
    config: { name: class_name.toLowerCase(), trainable: true, ...config },
  });
};
/** Puts another layer in the place of one. */
export const replace = (name: string, class_name: string, config: Options) => (json: ModelJson) => {
  const at = layersOf(json).findIndex((layer) => layer.config.name === name);
  layersOf(json)[at] = { class_name, config: { name, ...config } };
};
/** Gives a layer other options. */
export const set = (name: string, config: Options) => (json: ModelJson) => {
  Object.assign(layersOf(json).find((layer) => layer.config.name === name)?.config ?? {}, config);
};

/** The files of a model, its topology changed. */
export async function changedFiles(
  model: LayersModel,
  dir: string,
  change: (json: ModelJson) => void,
): Promise<TfjsModel> {
  const files = await readTfjsModel(await saveLayersModel(model, dir));
  const json = structuredClone(files.json) as unknown as ModelJson;
  change(json);
  return { ...files, json: { ...files.json, modelTopology: json.modelTopology } };
}

/** What the conversion of a changed model makes of `images`. */
export async function converted(
  model: LayersModel,
  dir: string,
  change: (json: ModelJson) => void,
  images: tf.Tensor4D,
): Promise<Float32Array> {
  const conversion = convertLayers(await changedFiles(model, dir, change));
  const outputs = await runOnnx(conversion, await images.data<'float32'>(), images.shape);
  return [...outputs.values()][0] ?? new Float32Array();
}
