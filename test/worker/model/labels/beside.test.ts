import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findLabelsBeside } from '../../../../worker/model/labels/beside.js';

let root: string;
let made = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-beside-'));
});
afterAll(() => rm(root, { recursive: true }));

/** The path of a model in a new directory with these files. */
async function model(name: string, files: Record<string, string>): Promise<string> {
  const directory = join(root, String(made++));
  for (const [file, text] of Object.entries({ [name]: '', ...files })) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text);
  }
  return join(directory, name);
}

const AB = 'cat\ndog\n';

it('labels beside a model are taken when their count fits, and said', async () => {
  for (const file of [
    'labels.txt',
    'classes.txt',
    'class_names.txt',
    'imagenet_classes.txt',
    'net.labels.txt',
    'net.onnx.labels.txt',
  ]) {
    expect(await findLabelsBeside(await model('net.onnx', { [file]: AB }), 2)).toEqual({
      labels: ['cat', 'dog'],
      file,
      notes: [`The 2 labels come from ${file}.`],
    });
  }
  const metadata = JSON.stringify({
    packageName: '@teachablemachine/image',
    labels: ['a', 'b', 'c'],
    imageSize: 16,
  });
  expect(
    (await findLabelsBeside(await model('model.json', { 'metadata.json': metadata }), 3)).labels,
  ).toEqual(['a', 'b', 'c']);
});

it('a file named for the model goes before others', async () => {
  const path = await model('net.onnx', { 'labels.txt': AB, 'net.labels.json': '["x","y"]' });
  expect((await findLabelsBeside(path, 2)).file).toBe('net.labels.json');
});

it('a file whose count does not fit is passed over, which is said', async () => {
  const path = await model('net.onnx', { 'labels.txt': 'a\nb\nc\n', 'classes.json': '["x","y"]' });
  expect(await findLabelsBeside(path, 2)).toMatchObject({ labels: ['x', 'y'], file: 'classes.json' });
  expect(await findLabelsBeside(path, 5)).toEqual({
    labels: undefined,
    file: undefined,
    notes: [
      'labels.txt is not used: it has 3 labels, but the network has 5 classes.',
      'classes.json is not used: it has 2 labels, but the network has 5 classes.',
    ],
  });
});

it('a file that holds no labels is passed over without a word', async () => {
  const path = await model('net.onnx', {
    'config.json': '{"lr": 0.1}',
    'labels.json': '{"',
    'metadata.json': '[]',
  });
  expect(await findLabelsBeside(path, 2)).toEqual({ labels: undefined, file: undefined, notes: [] });
});

it('among several models, only a fitting count or a name says what a file belongs to', async () => {
  const path = await model('net.onnx', { 'other.onnx': '', 'labels.txt': AB });
  expect((await findLabelsBeside(path, undefined)).labels).toBeUndefined();
  expect((await findLabelsBeside(path, 2)).labels).toEqual(['cat', 'dog']);
  await writeFile(join(dirname(path), 'net.labels.txt'), 'x\ny\n');
  expect((await findLabelsBeside(path, undefined)).labels).toEqual(['x', 'y']);
});

it('one score an image is two classes: two labels, or the name of class 1', async () => {
  expect((await findLabelsBeside(await model('net.onnx', { 'labels.txt': AB }), 1)).labels).toEqual([
    'cat',
    'dog',
  ]);
  expect((await findLabelsBeside(await model('net.onnx', { 'labels.txt': 'dog' }), 1)).labels).toEqual([
    'not dog',
    'dog',
  ]);
  const { notes } = await findLabelsBeside(await model('net.onnx', { 'labels.txt': 'a\nb\nc' }), 1);
  expect(notes).toEqual(['labels.txt is not used: it has 3 labels, but the network has 2 classes.']);
});
