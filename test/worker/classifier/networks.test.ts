import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { openClassifier } from '../../../worker/classifier/open.js';
import { readPhoto } from '../../../worker/classifier/photo.js';
import { topGuesses } from '../../../worker/classifier/photos.js';
import { SHIPPED } from '../../../worker/model/catalogue.js';
import { loadModel } from '../../../worker/model/resolve.js';
import { classifierConformance, noise } from './conformance.js';

const SHARED = '../shared';
const PHOTOS = join(SHARED, 'imagenet/photos');

interface Recorded {
  readonly file: string;
  /** Top class of the first image of {@link noise}, and its confidence; absent where it depends on the processor. */
  readonly noise?: readonly [number, number];
  /** How many of every fifth photograph (20) came first at the least. */
  readonly photos?: number;
  /** It rounds on its way. */
  readonly rounded?: true;
}

/** Recorded with onnxruntime-node 1.30 on an x86 CPU. 8-bit sums saturate on processors that lack VNNI. */
const NETWORKS: Record<string, Recorded> = {
  'SqueezeNet 1.1': { file: 'models/onnx/squeezenet1.1-7.onnx', noise: [735, 0.0805], photos: 12 },
  'MobileNet V2 in 8 bits': { file: 'models/onnx/mobilenetv2-12-int8.onnx', photos: 15, rounded: true },
  'MobileNet V1': { file: 'models/onnx/mobilenet_v1_0.25_224.onnx', noise: [885, 0.1684], photos: 11 },
  'SqueezeNet in float16': { file: 'models/onnx/SqueezeNet_fp16.onnx', noise: [824, 0.1542], photos: 12 },
  'the zoo’s MNIST': { file: 'models/onnx/mnist-8.onnx', noise: [5, 1] },
  'MobileNet V1 of TensorFlow.js': {
    file: 'models/tfjs/mobilenet_v1_0.25_224',
    noise: [885, 0.1684],
    photos: 11,
  },
};

async function open(file: string): Promise<Classifier> {
  return openClassifier(await loadModel(file), { engine: 'onnx', device: 'cpu' });
}

for (const [name, recorded] of Object.entries(NETWORKS)) {
  const path = join(SHARED, recorded.file);
  const absent = !existsSync(path);
  classifierConformance(name, () => open(path), {
    skip: absent ? `${path} is absent` : undefined,
    gradient: recorded.rounded ? 'rounded' : 'smooth',
  });

  describe.skipIf(absent)(name, () => {
    it.skipIf(recorded.noise === undefined)('gives for noise what was recorded', async () => {
      const classifier = await open(path);
      const found = await classifier.classify(noise(classifier, 1), 1);
      const [classId, confidence = 0] = recorded.noise ?? [];
      const [best] = topGuesses(found, [], 1);
      expect(best?.classId).toBe(classId);
      expect(best?.confidence).toBeCloseTo(confidence, 3);
      await classifier.close();
    });

    it.skipIf(recorded.photos === undefined || !existsSync(PHOTOS))('knows its photographs', async () => {
      const classifier = await open(path);
      const photos = readdirSync(PHOTOS).filter((_, i) => i % 5 === 0);
      let right = 0;
      for (const photo of photos) {
        const one = await classifier.classify(await readPhoto(join(PHOTOS, photo), classifier.input), 1);
        if (topGuesses(one, [], 1)[0]?.classId === Number(photo.slice(0, 3))) right++;
      }
      expect(right).toBeGreaterThanOrEqual(recorded.photos ?? 0);
      await classifier.close();
    });
  });
}

const shipped = existsSync(join(SHIPPED.directory, 'model.json'));
classifierConformance('digits', () => open('digits'), shipped ? {} : { skip: 'digits is not trained yet' });
