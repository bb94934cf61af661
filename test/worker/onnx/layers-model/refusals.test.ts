import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BadInputError } from '../../../../protocol/errors.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { convertLayersModel } from '../../../../worker/onnx/convert-layers.js';
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

/** Saves a small model, changes its model.json, and gives the error that converting it ends in. */
async function refusalAfter(change: (json: Json) => unknown): Promise<unknown> {
  const path = await saveLayersModel(smallModel(), dir);
  const json: Json = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify(change(json) ?? json));
  return convertLayersModel(path).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('converting refuses, by name and with --engine tensorflow,', () => {
  const layer = (i: number, config: Record<string, unknown>) => (json: Json) => {
    Object.assign(json.modelTopology.config.layers[i]?.config ?? {}, config);
  };
  const className = (i: number, name: string) => (json: Json) => {
    Object.assign(json.modelTopology.config.layers[i] ?? {}, { class_name: name });
  };
  it.each<[string, RegExp, (json: Json) => unknown]>([
    ['a layer it does not know', /LSTM \("conv"\)/, className(0, 'LSTM')],
    ['an option it does not know', /option groups_of/, layer(0, { groups_of: 2 })],
    ['grouped convolutions', /option groups .*got 2/, layer(0, { groups: 2 })],
    ['channels first', /data_format .*channels_first/, layer(0, { data_format: 'channels_first' })],
    ['an activation it does not know', /activation .*swish/, layer(0, { activation: 'swish' })],
    ['padding it does not know', /padding .*causal/, layer(0, { padding: 'causal' })],
    ['a window that is too large', /of at least 9 pixels, got 7/, layer(0, { dilation_rate: [4, 4] })],
    [
      'images of integers',
      /InputLayer.*float32/,
      (json) => {
        json.modelTopology.config.layers.unshift({
          class_name: 'InputLayer',
          config: { name: 'in', batch_input_shape: [null, 7, 7, 1], dtype: 'int32' },
        });
      },
    ],
  ])('%s', async (_, words, change) => {
    const error = await refusalAfter(change);
    expect(error).toBeInstanceOf(BadInputError);
    expect(error).toMatchObject({ message: expect.stringMatching(words) });
    expect(String(error)).toContain('--engine tensorflow');
    expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_LAYER_/) });
  });

  it('a graph model', async () => {
    expect(await refusalAfter((json) => ({ ...json, format: 'graph-model' }))).toMatchObject({
      code: 'ERR_LAYER_CLASS',
      message: expect.stringContaining('--engine tensorflow'),
    });
  });
});

describe('converting says in one sentence what is wrong with', () => {
  it.each<[string, string, (json: Json) => unknown]>([
    ['a topology that is none', 'ERR_MODEL_FILE', () => ({ modelTopology: { a: 1 }, weightsManifest: [] })],
    ['a manifest that is none', 'ERR_MODEL_FILE', (json) => ({ ...json, weightsManifest: 7 })],
    ['a model.json of another kind', 'ERR_MODEL_FILE', () => ({ name: 'atoll', version: '0.1.0' })],
    ['JSON that is no object', 'ERR_MODEL_FILE', () => 'model'],
    [
      'weights that are not there',
      'ERR_LAYER_WEIGHT',
      (json) => {
        Object.assign(json.modelTopology.config.layers[0]?.config ?? {}, { name: 'other' });
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

  it.each<[string, (path: string) => Promise<unknown>]>([
    ['a missing model.json', (path) => rm(path)],
    ['a folder', (path) => rm(path).then(() => mkdir(path))],
    ['a model.json that breaks off', (path) => truncate(path, 300)],
    ['a missing shard', () => rm(join(dir, 'group1-shard2.bin'))],
    ['a shard that breaks off', () => truncate(join(dir, 'group1-shard2.bin'), 9)],
    ['a shard that goes on too long', () => writeFile(join(dir, 'group1-shard1.bin'), new Uint8Array(1000))],
  ])('%s', async (_, damage) => {
    const path = await saveLayersModel(smallModel(), dir, { shardBytes: 256 });
    await damage(path);
    const error = await convertLayersModel(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BadInputError);
    expect(error).toMatchObject({ code: 'ERR_MODEL_FILE', exitCode: 2 });
    expect(String(error)).not.toContain('\n');
  });
});
