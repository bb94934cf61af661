import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { openClassifier } from '../../../worker/classifier/open.js';
import { readMnist } from '../../../worker/digits/mnist.js';
import { SECOND, SHIPPED } from '../../../worker/model/catalogue.js';
import type { Model } from '../../../worker/model/model.js';
import { loadModel } from '../../../worker/model/resolve.js';
import { hasMnist, MNIST } from './mnist-files.js';

describe.each([SHIPPED.name, SECOND.name])('the shipped network %s', (name) => {
  let model: Model;
  let classifier: Classifier;
  beforeAll(async () => {
    const loaded = await loadModel(name);
    model = loaded.model;
    classifier = await openClassifier(loaded, { engine: 'onnx', device: 'cpu' });
  });
  afterAll(() => classifier.close());

  it.skipIf(!hasMnist)(
    'reads at least 99.0 % of the 10,000 test images, as its card says (needs ../shared/mnist)',
    async () => {
      const { count, images, labels } = await readMnist(MNIST, 'test');
      const batch = 500;
      let right = 0;
      for (let start = 0; start < count; start += batch) {
        const bytes = images.subarray(start * 784, (start + batch) * 784);
        const scale = model.input.scale[0] ?? 0;
        const rows = await classifier.classify(
          Float32Array.from(bytes, (byte) => byte * scale),
          batch,
        );
        for (let i = 0; i < batch; i++) {
          const row = rows.subarray(10 * i, 10 * i + 10);
          if (row.indexOf(Math.max(...row)) === labels[start + i]) right++;
        }
      }
      expect(right / count).toBeGreaterThanOrEqual(0.99);
      expect(model.about?.accuracy).toBe(right / count);
    },
  );

  it('is small enough to be committed, and says how it came about', () => {
    const size = model.files.reduce((sum, file) => sum + statSync(file).size, 0);
    expect(size).toBeLessThan(600_000);
    expect(Object.keys(model.about ?? {})).toEqual(
      expect.arrayContaining(['data', 'accuracy', 'seed', 'rebuild', 'license']),
    );
  });
});
