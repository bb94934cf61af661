import fs from 'node:fs';
import { readdir } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { openModel } from '../../../worker/classifier/open.js';
import { inspectModel } from '../../../worker/model/inspect.js';
import { onnx as format } from '../../../worker/onnx/generated/onnx.js';
import { openTrials } from '../../../worker/probe/open-trials.js';

const SHARED = '../shared/models';
const ON_CPU = { engine: 'onnx', device: 'cpu' } as const;

let readers: readonly MockInstance<(path: fs.PathLike) => unknown>[];
let decoder: MockInstance;
beforeEach(() => {
  // Every way in which a file is read here.
  readers = [
    vi.spyOn(fs.promises, 'readFile'),
    vi.spyOn(fs.promises, 'open'),
    vi.spyOn(fs, 'createReadStream'),
    vi.spyOn(fs, 'readFileSync'),
  ] as unknown as typeof readers;
  syncBuiltinESMExports();
  decoder = vi.spyOn(format.ModelProto, 'decode');
});
afterEach(() => {
  for (const spy of [...readers, decoder]) spy.mockRestore();
  syncBuiltinESMExports();
});

/** How often each file of a model was read, by its name. */
function reads(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [path] of readers.flatMap(({ mock }) => mock.calls)) {
    const name = basename(String(path));
    if (/\.onnx$|^model\.json$|^weights|shard/.test(name)) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('a model is read once and decoded once', () => {
  const onnx = join(SHARED, 'onnx/mnist-8.onnx');
  const tfjs = join(SHARED, 'tfjs/mobilenet_v1_0.25_224');

  it.skipIf(!fs.existsSync(onnx))('when an ONNX file is opened (../shared)', async () => {
    const { classifier } = await openModel(onnx, {}, ON_CPU);
    await classifier.close();
    expect([reads(), decoder.mock.calls.length]).toEqual([{ 'mnist-8.onnx': 1 }, 1]);
  });

  it.skipIf(!fs.existsSync(onnx))('when it is looked into (../shared)', async () => {
    await inspectModel(onnx);
    expect([reads(), decoder.mock.calls.length]).toEqual([{ 'mnist-8.onnx': 1 }, 1]);
  });

  it.skipIf(!fs.existsSync(onnx))('when its preprocessing is looked for (../shared)', async () => {
    const { close } = await openTrials(onnx, {}, ON_CPU);
    await close();
    expect([reads(), decoder.mock.calls.length]).toEqual([{ 'mnist-8.onnx': 1 }, 1]);
  });

  it.each(['onnx', 'tensorflow'] as const)('when the shipped network is opened on %s', async (engine) => {
    const { classifier } = await openModel('digits', {}, { engine, device: 'cpu' });
    await classifier.close();
    expect(reads()).toEqual({ 'model.json': 1, 'weights.bin': 1 });
  });

  it.skipIf(!fs.existsSync(tfjs))('with each of its shards (../shared)', async () => {
    const { classifier } = await openModel(tfjs, {}, ON_CPU);
    await classifier.close();
    const files = (await readdir(tfjs)).filter((name) => /model\.json|shard/.test(name));
    expect(reads()).toEqual(Object.fromEntries(files.map((name) => [name, 1])));
  });
});
