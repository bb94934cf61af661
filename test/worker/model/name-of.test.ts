import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nameOf } from '../../../worker/model/name-of.js';

const NAMES: [string, string][] = [
  ['/data/flowers.onnx', 'flowers'],
  ['/data/resnet50-v1.5.onnx', 'resnet50-v1.5'],
  ['/data/flowers/model.json', 'flowers'],
  ['/data/flowers/model.onnx', 'flowers'],
  ['/data/flowers/model/model.json', 'flowers'],
  ['/data/flowers/web_model/model.json', 'flowers'],
  ['/data/flowers/dist/tfjs/model.json', 'flowers'],
  ['/data/flowers/export/best.onnx', 'flowers'],
  ['/data/flowers/weights/Best.onnx', 'flowers'],
  ['/data/flowers/onnx/model_quantized.onnx', 'flowers'],
];

it.each(NAMES)('the model %s is called %s', (path, name) => {
  expect(nameOf(path)).toBe(name);
});

it('where neither the file nor a folder says anything, the name in its metadata serves, or the file’s', () => {
  for (const path of [
    '/model/model.json',
    join(homedir(), 'Downloads/model.json'),
    '/dist/export/web/tfjs/model.json',
  ]) {
    expect(nameOf(path, 'tm-my-image-model')).toBe('tm-my-image-model');
    expect(nameOf(path)).toBe('model');
  }
});
