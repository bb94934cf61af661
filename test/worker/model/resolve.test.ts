import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BadInputError } from '../../../protocol/base/errors.js';
import { CATALOGUE, SHIPPED } from '../../../worker/model/catalogue.js';
import { copyModel } from '../../../worker/model/copy.js';
import { inspectModel } from '../../../worker/model/inspect.js';
import { resolveModel } from '../../../worker/model/resolve.js';
import { encodeModel } from '../../../worker/onnx/file.js';
import { channelsLast, linear } from '../onnx/tiny-networks.js';

const SHARED = '../shared/models';
const absent = !existsSync(SHARED);

let root: string;
let directory: string;
let file: string;
let made = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-resolve-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  directory = join(root, String(made++));
  await mkdir(directory);
  file = join(directory, 'tiny.onnx');
  await writeFile(file, encodeModel(linear()));
});

const CARD = 'input: {mean: [0.5, 0.5, 0.5], std: 0.5}\n';

describe('an unknown network', () => {
  it('is refused without a card, with what to do', async () => {
    await expect(resolveModel(file)).rejects.toThrow(
      'How tiny.onnx expects its pixels is not known. Add --preprocess unit (0…1), signed (−1…1), imagenet, caffe or ' +
        'byte (0…255), or a card; `atoll models probe` finds out which.',
    );
    await expect(resolveModel(file)).rejects.toMatchObject({ code: 'ERR_CARD_MISSING', exitCode: 2 });
  });

  it('gets what its file does not say from FILE.card.yaml, and the rest from the file', async () => {
    await writeFile(`${file}.card.yaml`, CARD);
    expect(await resolveModel(file)).toMatchObject({
      name: 'tiny',
      format: 'onnx',
      path: file,
      input: { layout: 'NCHW', width: 4, height: 4, channels: 'RGB', offset: [-1, -1, -1] },
      output: 'logits',
      labels: ['class 0', 'class 1', 'class 2', 'class 3', 'class 4'],
    });
    const { input } = await resolveModel(file);
    expect(input.scale[0]).toBeCloseTo(2 / 255, 12);
  });

  it('gets it from card.yaml of its directory, and by the directory’s name too', async () => {
    await writeFile(join(directory, 'card.yaml'), `name: mine\n${CARD}labels: [a, b, c, d, e]\n`);
    const model = await resolveModel(directory);
    expect(model).toEqual(await resolveModel(file));
    expect(model).toMatchObject({ name: 'mine', labels: ['a', 'b', 'c', 'd', 'e'] });
  });

  it('is not given a card that is for another file', async () => {
    await copyFile(file, join(directory, 'other.onnx'));
    await writeFile(join(directory, 'card.yaml'), `file: other.onnx\n${CARD}`);
    await expect(resolveModel(file)).rejects.toMatchObject({ code: 'ERR_CARD_MISSING' });
    expect((await resolveModel(directory)).name).toBe('other');
  });

  it('is described by flags, which go before its card', async () => {
    await writeFile(`${file}.card.yaml`, CARD);
    const model = await resolveModel(file, { mean: 0, std: 1, channels: 'BGR', output: 'softmax' });
    expect(model.input.channels).toBe('BGR');
    expect(model.input.offset).toEqual([0, 0, 0]);
    expect(model.output).toBe('softmax');
  });

  it('may be described by a preset in its card', async () => {
    await writeFile(`${file}.card.yaml`, 'input: {preprocess: caffe}\n');
    expect((await resolveModel(file)).input).toMatchObject({
      channels: 'BGR',
      offset: [-103.939, -116.779, -123.68],
    });
    expect((await resolveModel(file, { preprocess: 'unit' })).input).toMatchObject({
      channels: 'RGB',
      offset: [0, 0, 0],
    });
  });

  it('whose file is called as all are is called after its folder', async () => {
    await mkdir(join(directory, 'flowers'));
    const path = join(directory, 'flowers/model.onnx');
    await copyFile(file, path);
    expect((await resolveModel(path, { scale: 1 })).name).toBe('flowers');
  });

  it('in NHWC is seen to be so', async () => {
    await writeFile(file, encodeModel(channelsLast()));
    expect((await resolveModel(file, { scale: 1 })).input.layout).toBe('NHWC');
  });
});

describe('labels', () => {
  const texts: [string, string][] = [
    ['labels.txt', 'a\nb\r\nc\nd\ne\n'],
    ['labels.json', '["a","b","c","d","e"]'],
    ['labels.json', '{"labels":["a","b","c","d","e"]}'],
    [
      'labels.json',
      '[4,2,0,1,3]'.replace(/\d/g, (i) => `{"index":${i},"name":"${'abcde'[Number(i)]}","synset":"n"}`),
    ],
  ];
  it.each(texts)('are read from %s %j', async (name, text) => {
    await writeFile(join(directory, name), text);
    const labels = join(directory, name);
    expect((await resolveModel(file, { scale: 1, labels })).labels).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  const wrong = ['a\nb\n', '["a"]', '[1,2,3,4,5]', '[{"index":1,"name":"a"}]', '["a",', '', '{}'];
  it.each(wrong)('are refused when they are %j', async (text) => {
    const labels = join(directory, 'labels');
    await writeFile(labels, text);
    await expect(resolveModel(file, { scale: 1, labels })).rejects.toMatchObject({
      code: 'ERR_LABELS',
      exitCode: 2,
    });
  });

  it('beside the model are taken when their count fits', async () => {
    await writeFile(join(directory, 'labels.txt'), '0 a\n1 b\n2 c\n3 d\n4 e\n');
    expect((await resolveModel(file, { scale: 1 })).labels).toEqual(['a', 'b', 'c', 'd', 'e']);
    await writeFile(join(directory, 'labels.txt'), 'a\nb\n');
    expect((await resolveModel(file, { scale: 1 })).labels[4]).toBe('class 4');
  });

  it('are refused when there is no such file', async () => {
    const labels = join(directory, 'none.txt');
    await expect(resolveModel(file, { scale: 1, labels })).rejects.toMatchObject({ code: 'ERR_LABELS' });
  });
});

describe('a model of Teachable Machine', () => {
  it.skipIf(!existsSync(join(SHIPPED.directory, 'model.json')))(
    'needs no flag: labels, pixels and name come from its metadata and its folder',
    async () => {
      const model = join(directory, 'digits of mine');
      await cp(SHIPPED.directory, model, { recursive: true });
      await rm(join(model, 'card.yaml'));
      const labels = Array.from({ length: 10 }, (_, i) => `digit ${i}`);
      const metadata = {
        packageName: '@teachablemachine/image',
        modelName: 'tm',
        labels,
        imageSize: 28,
        grayscale: true,
      };
      await writeFile(join(model, 'metadata.json'), JSON.stringify(metadata));
      expect(await resolveModel(model)).toMatchObject({
        name: 'digits of mine',
        labels,
        input: { channels: 'grey', width: 28, height: 28, scale: [1 / 127.5], offset: [-1] },
      });
      await writeFile(
        join(model, 'metadata.json'),
        JSON.stringify({ ...metadata, packageName: '@teachablemachine/pose' }),
      );
      await expect(resolveModel(model)).rejects.toThrow(
        /is a Teachable Machine pose model: it takes key points/,
      );
    },
  );
});

describe('a card is refused', () => {
  const wrong: [string, string][] = [
    ['for a key that nobody knows', 'colour: red'],
    ['for a preset that nobody knows', 'input: {preprocess: fast}'],
    ['for a preset and numbers', 'input: {preprocess: unit, mean: 0.5}'],
    ['for a mean of bytes under a range of 1', 'input: {mean: 127.5, std: 127.5}'],
    ['for a label of 201 characters', `${CARD}labels: [a, b, c, d, ${'e'.repeat(201)}]`],
    ['for a layout that nobody knows', 'input: {layout: CHWN}'],
    ['for normalising twice', 'input: {scale: 1, mean: 0}'],
    ['for a std of 0', 'input: {std: 0}'],
    ['for being no YAML', 'input: [1'],
    ['for being a list', '- input'],
    ['for another format than the file’s', `format: tfjs-layers\n${CARD}`],
    ['for another size than the file’s', 'input: {width: 5, mean: 0}'],
  ];
  it.each(wrong)('%s', async (_, text) => {
    await writeFile(`${file}.card.yaml`, text);
    await expect(resolveModel(file)).rejects.toMatchObject({ code: 'ERR_CARD', exitCode: 2 });
  });

  it('for labels of the wrong count', async () => {
    await writeFile(`${file}.card.yaml`, `${CARD}labels: [a, b]\n`);
    await expect(resolveModel(file)).rejects.toMatchObject({ code: 'ERR_LABELS' });
  });
});

describe('a model that is not there', () => {
  it('is refused by path, by name, and in an empty directory', async () => {
    const empty = join(directory, 'empty');
    await mkdir(empty);
    for (const reference of [join(directory, 'none.onnx'), 'nonesuch', empty]) {
      await expect(resolveModel(reference)).rejects.toMatchObject({ code: 'ERR_MODEL_MISSING', exitCode: 2 });
    }
  });

  it('is refused when its file breaks off', async () => {
    await truncate(file, 300);
    await expect(resolveModel(file, { scale: 1 })).rejects.toMatchObject({ code: 'ERR_MODEL_FILE' });
  });

  it('is told how to be had when it is in the catalogue', async () => {
    const cache = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = directory;
    try {
      await expect(resolveModel('mnist-8')).rejects.toThrow(/atoll models pull mnist-8/);
      await mkdir(join(directory, 'atoll/models'), { recursive: true });
      if (absent) return;
      await copyFile(join(SHARED, 'onnx/mnist-8.onnx'), join(directory, 'atoll/models/mnist-8.onnx'));
      expect((await resolveModel('mnist-8')).labels[7]).toBe('7');
      expect((await resolveModel('mnist-8.onnx')).name).toBe('mnist-8');
    } finally {
      if (cache === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = cache;
    }
  });
});

describe('the catalogue', () => {
  it('knows each name once, with a whole digest', () => {
    expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(CATALOGUE.length);
    expect(CATALOGUE.every(({ digest }) => /^[0-9a-f]{64}$/.test(digest))).toBe(true);
    expect(CATALOGUE.every(({ download }) => download === undefined || download.size > 0)).toBe(true);
  });

  it.skipIf(absent)('knows every file of DATA.md without a card (../shared)', async () => {
    const expected: [string, string, string, string][] = [
      ['onnx/squeezenet1.1-7.onnx', 'RGB', 'NCHW', 'logits'],
      ['onnx/mobilenetv2-12-int8.onnx', 'RGB', 'NCHW', 'logits'],
      ['onnx/mobilenet_v1_0.25_224.onnx', 'RGB', 'NCHW', 'softmax'],
      ['onnx/SqueezeNet_fp16.onnx', 'BGR', 'NCHW', 'softmax'],
      ['onnx/mnist-8.onnx', 'grey', 'NCHW', 'logits'],
      ['tfjs/mobilenet_v1_0.25_224', 'RGB', 'NHWC', 'softmax'],
      ['tfjs/mobilenet_v1_0.25_224/model.json', 'RGB', 'NHWC', 'softmax'],
    ];
    for (const [path, channels, layout, output] of expected) {
      const model = await resolveModel(join(SHARED, path));
      expect(model).toMatchObject({ input: { channels, layout }, output });
      expect(model.labels).toHaveLength(path.includes('mnist') ? 10 : 1000);
    }
  });
});

describe('a model copied into a run', () => {
  it('is the same model from there', async () => {
    await writeFile(`${file}.card.yaml`, `${CARD}license: MIT\nseed: 3\nlabels: [a, b, c, d, "5"]\n`);
    const model = await resolveModel(file, { channels: 'BGR' });
    const target = join(directory, 'runs/one/model');
    await mkdir(join(directory, 'runs/one'), { recursive: true });
    await copyModel(model, target);
    await copyModel(model, target);
    const copy = await resolveModel(target);
    expect(copy).toEqual({ ...model, path: join(target, 'tiny.onnx'), files: [join(target, 'tiny.onnx')] });
  });

  it.skipIf(absent)('keeps its shards and digest (../shared)', async () => {
    const model = await resolveModel(join(SHARED, 'tfjs/mobilenet_v1_0.25_224'));
    const target = join(directory, 'model');
    await copyModel(model, target);
    const { path: _path, files, ...copy } = await resolveModel(target);
    expect(copy).toEqual({ ...copy, digest: model.digest, input: model.input, labels: model.labels });
    expect(files).toHaveLength(56);
  });

  it('by an earlier version with labels that are too long is still read, with these cut', async () => {
    const target = join(directory, 'run/model');
    await mkdir(join(directory, 'run'));
    await copyModel(await resolveModel(file, { scale: 1 }), target);
    await writeFile(join(target, 'labels.json'), JSON.stringify(['a', 'b', 'c', 'd', '猫'.repeat(100_000)]));
    await expect(resolveModel(target)).rejects.toThrow(/Label 5 of .* has 100000 characters/);
    const { labels } = await resolveModel(target, { longLabels: 'cut' });
    expect(labels[4]).toBe(`${'猫'.repeat(199)}…`);
  });

  it('does not overwrite another', async () => {
    const model = await resolveModel(file, { scale: 1 });
    await expect(copyModel(model, directory)).rejects.toMatchObject({
      code: 'ERR_NOT_WRITABLE',
      exitCode: 2,
    });
    expect(existsSync(`${directory}.${process.pid}.tmp`)).toBe(false);
  });

  it('leaves nothing behind when a file is missing', async () => {
    const model = await resolveModel(file, { scale: 1 });
    await rm(file);
    await expect(copyModel(model, join(directory, 'model'))).rejects.toThrow();
    expect(existsSync(join(directory, 'model'))).toBe(false);
    expect(existsSync(`${join(directory, 'model')}.${process.pid}.tmp`)).toBe(false);
  });
});

describe('an inspection', () => {
  it('shows what a file holds, classifier or not', async () => {
    expect(await inspectModel(file)).toMatchObject({
      format: 'onnx',
      inputs: [{ name: 'x', type: 'float', shape: [1, 3, 4, 4] }],
      outputs: [{ name: 'y', type: 'float', shape: [1, 5] }],
      opset: { 'ai.onnx': 13 },
      operators: { Reshape: 1, MatMul: 1 },
      parameters: 48 * 5 + 2,
      knownAs: null,
      card: null,
    });
  });

  it('of a broken file is refused', async () => {
    await truncate(file, 100);
    await expect(inspectModel(file)).rejects.toBeInstanceOf(BadInputError);
  });

  it.skipIf(!existsSync(join(SHIPPED.directory, 'model.json')))('shows the shipped network', async () => {
    expect(await inspectModel('digits')).toMatchObject({
      format: 'tfjs-layers',
      outputs: [{ shape: [null, 10] }],
    });
  });
});
