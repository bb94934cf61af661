import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BadInputError } from '../../../../protocol/base/errors.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { readModel } from '../../../../worker/model/files.js';
import { convertLayers } from '../../../../worker/tfjs/layers-model/convert.js';
import { TENSORFLOW_CLASSES } from '../../../../worker/tfjs/layers-model/tensorflow-classes.js';
import { readTfjsModel } from '../read-model.js';
import { saveLayersModel, smallModel } from './saved-models.js';

let dir: string;
beforeAll(useWasm);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-refusals-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

type Json = {
  modelTopology: { config: { layers: { class_name: string; config: Record<string, unknown> }[] } };
};

/** The error that converting a file ends in. */
async function refusalOf(path: string): Promise<unknown> {
  try {
    convertLayers(await readTfjsModel(path));
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Saves a small model, changes its model.json, and gives the error that converting it ends in. */
async function refusalAfter(change: (json: Json) => unknown): Promise<unknown> {
  const path = await saveLayersModel(smallModel(), dir);
  const json: Json = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify(change(json) ?? json));
  return refusalOf(path);
}

const layer = (i: number, config: Record<string, unknown>) => (json: Json) => {
  Object.assign(json.modelTopology.config.layers[i]?.config ?? {}, config);
};
const className = (i: number, name: string) => (json: Json) => {
  Object.assign(json.modelTopology.config.layers[i] ?? {}, { class_name: name });
};

describe('converting refuses, by name and with --engine tensorflow,', () => {
  it.each<[string, RegExp, (json: Json) => unknown]>([
    ['a layer it does not know', /The layer "conv" is of class LSTM, which/, className(0, 'LSTM')],
    [
      'an option it does not know',
      /"conv" \(Conv2D\) has the option groups_of = 2/,
      layer(0, { groups_of: 2 }),
    ],
    ['groups that do not divide the channels', /2 groups of 1 channels/, layer(0, { groups: 2 })],
    ['an activation it does not know', /has the activation wavy/, layer(0, { activation: 'wavy' })],
    [
      'an activation with the name of a method',
      /has the activation constructor/,
      layer(0, { activation: 'constructor' }),
    ],
    ['padding it does not know', /option padding = "causal"/, layer(0, { padding: 'causal' })],
    [
      'a window that is too large',
      /at least 9 pixels, but is called on 7/,
      layer(0, { dilation_rate: [4, 4] }),
    ],
    [
      'a layer that lacks an option',
      /"dense" \(Dense\) lacks its option units/,
      layer(3, { units: undefined }),
    ],
  ])('%s', async (_, words, change) => {
    const error = await refusalAfter(change);
    expect(error).toBeInstanceOf(BadInputError);
    expect(error).toMatchObject({ message: expect.stringMatching(words) });
    expect(String(error)).toContain('Run the model with --engine tensorflow.');
    expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_LAYER_/) });
  });

  it('a graph model', async () => {
    expect(await refusalAfter((json) => ({ ...json, format: 'graph-model' }))).toMatchObject({
      code: 'ERR_LAYER_CLASS',
      message: expect.stringContaining('--engine tensorflow'),
    });
  });
});

describe('converting names no engine where TensorFlow.js cannot load the model either:', () => {
  it.each<[string, RegExp, (json: Json) => unknown]>([
    ['a layer that neither knows', /of class Capsule, which is not converted/, className(0, 'Capsule')],
    [
      'a layer beside one that TensorFlow.js does not know',
      /of class LSTM/,
      (json) => {
        className(2, 'SpatialDropout2D')(json);
        className(3, 'LSTM')(json);
      },
    ],
    [
      'a layer that Keras 3 wrote',
      /of class LSTM/,
      (json) => {
        Object.assign(json.modelTopology, { keras_version: '3.5.0' });
        className(0, 'LSTM')(json);
      },
    ],
  ])('%s', async (_, words, change) => {
    const error = await refusalAfter(change);
    expect(error).toMatchObject({ code: 'ERR_LAYER_CLASS', message: expect.stringMatching(words) });
    expect(String(error)).toContain('TensorFlow.js cannot load this model either');
    expect(String(error)).not.toContain('--engine');
  });

  it('it knows which layers TensorFlow.js has', () => {
    const registered = Object.keys(tf.serialization.SerializationMap.getMap().classNameMap);
    expect([...TENSORFLOW_CLASSES].filter((name) => !registered.includes(name))).toEqual([]);
  });
});

describe('converting says in one sentence what is wrong with', () => {
  it.each<[string, string, (json: Json) => unknown]>([
    ['an invalid topology', 'ERR_MODEL_FILE', () => ({ modelTopology: { a: 1 }, weightsManifest: [] })],
    ['an invalid manifest', 'ERR_MODEL_FILE', (json) => ({ ...json, weightsManifest: 7 })],
    ['a model.json of another kind', 'ERR_MODEL_FILE', () => ({ name: 'atoll', version: '0.1.0' })],
    ['JSON that is no object', 'ERR_MODEL_FILE', () => 'model'],
    ['weights that are not there', 'ERR_LAYER_WEIGHT', layer(0, { name: 'other' })],
    ['an input of text', 'ERR_LAYER_INPUTS', layer(0, { dtype: 'string' })],
    ['an input without a shape', 'ERR_LAYER_INPUTS', layer(0, { batch_input_shape: undefined })],
    [
      'an input whose size is open',
      'ERR_LAYER_OPTION',
      layer(0, { batch_input_shape: [null, null, null, 1] }),
    ],
    [
      'a model that is no network',
      'ERR_MODEL_FILE',
      (json) => {
        Object.assign(json.modelTopology, { class_name: 'Dense' });
      },
    ],
    [
      'a Sequential of nothing',
      'ERR_MODEL_FILE',
      (json) => {
        json.modelTopology.config.layers = [];
      },
    ],
    [
      'weights of another shape',
      'ERR_LAYER_WEIGHT',
      (json) => {
        Object.assign(json.modelTopology.config.layers[0]?.config ?? {}, { filters: 4 });
      },
    ],
    [
      'shards outside of the folder',
      'ERR_MODEL_FILE',
      (json) => ({
        ...json,
        weightsManifest: [{ paths: ['../../etc/passwd'], weights: [] }],
      }),
    ],
    [
      'layers that wait for each other',
      'ERR_MODEL_FILE',
      (json) => {
        const config = { name: 'drop', rate: 0.1 };
        const inbound = [[['drop', 0, 0, {}]]];
        const layers = [
          { class_name: 'Dropout', name: 'drop', config, inbound_nodes: inbound },
          {
            class_name: 'InputLayer',
            name: 'in',
            config: { batch_input_shape: [null, 4] },
            inbound_nodes: [],
          },
        ];
        const outside = { input_layers: [['in', 0, 0]], output_layers: [['drop', 0, 0]] };
        return { ...json, modelTopology: { class_name: 'Model', config: { layers, ...outside } } };
      },
    ],
  ])('%s', async (_, code, change) => {
    const error = await refusalAfter(change);
    expect(error).toBeInstanceOf(BadInputError);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain('\n');
  });

  it.each<[string, (path: string) => Promise<unknown>, string?]>([
    ['a missing model.json', (path) => rm(path), 'ERR_MODEL_MISSING'],
    ['a folder', (path) => rm(path).then(() => mkdir(path)), 'ERR_MODEL_MISSING'],
    ['a model.json that breaks off', (path) => truncate(path, 300)],
    ['a missing shard', () => rm(join(dir, 'group1-shard2.bin'))],
    ['a shard that breaks off', () => truncate(join(dir, 'group1-shard2.bin'), 9)],
    ['a shard that goes on too long', () => writeFile(join(dir, 'group1-shard1.bin'), new Uint8Array(1000))],
  ])('%s', async (_, damage, code = 'ERR_MODEL_FILE') => {
    const path = await saveLayersModel(smallModel(), dir, { shardBytes: 256 });
    await damage(path);
    const error = await readModel(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BadInputError);
    expect(error).toMatchObject({ code, exitCode: 2 });
    expect(String(error)).not.toContain('\n');
  });
});
