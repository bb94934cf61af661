import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { DENSE_PARAMETERS } from '../../protocol/encodings/dense/parameters.js';
import { randomDense } from '../../protocol/encodings/dense/variation.js';
import { openClassifier } from '../../worker/classifier/open.js';
import { loadModel } from '../../worker/model/resolve.js';
import { classifierConformance, distance, noise } from '../worker/classifier/conformance.js';

// SwiftShader, a GPU in software, comes with Debian's chromium. Dawn looks for it when it is loaded.
const ICD = '/usr/lib/chromium/vk_swiftshader_icd.json';
process.env.VK_ICD_FILENAMES ??= ICD;
const skip = existsSync(process.env.VK_ICD_FILENAMES) ? undefined : `needs ${ICD} or VK_ICD_FILENAMES`;

classifierConformance(
  'tensorflow: digits on webgpu',
  async () => openClassifier(await loadModel('digits'), { engine: 'tensorflow', device: 'webgpu' }),
  { skip },
);

classifierConformance(
  'onnx: digits on webgpu',
  async () => openClassifier(await loadModel('digits'), { engine: 'onnx', device: 'webgpu' }),
  { skip },
);

describe.skipIf(skip !== undefined)('ONNX Runtime on webgpu and on the CPU', () => {
  const SHAPE = { layers: 3, width: 24 };

  it.each(['digits', 'emoji'])(
    'agree on %s, and on the gradients of pictures and of dense genomes',
    async (name) => {
      const model = await loadModel(name);
      const [gpu, cpu] = await Promise.all(
        ['webgpu', 'cpu'].map((device) => openClassifier(model, { engine: 'onnx', device })),
      );
      if (gpu?.gradient === undefined || cpu?.gradient === undefined) throw new Error('no gradients');
      const classIds = [3, 1, 4];
      const images = noise(cpu, 3);
      const [found, wanted] = [
        await gpu.gradient(images, 3, classIds),
        await cpu.gradient(images, 3, classIds),
      ];
      expect(distance(found.confidences, wanted.confidences)).toBeLessThan(1e-5);
      expect(apart(found.gradient, wanted.gradient)).toBeLessThan(1e-3);

      const shape = { ...SHAPE, channels: cpu.input.channels === 'grey' ? 1 : 3 } as const;
      const random = randomFrom(1, 'weights');
      const genomes = classIds.map(() => DENSE_PARAMETERS.read(randomDense(shape, random)));
      const weights = Float32Array.from(genomes.flatMap((genome) => [...genome]));
      const [drawn, drawnHere] = [await gpu.openDense?.(shape), await cpu.openDense?.(shape)];
      const there = await drawn?.gradient(weights, 3, classIds);
      const here = await drawnHere?.gradient(weights, 3, classIds);
      if (there === undefined || here === undefined) throw new Error('no drawing');
      // A GPU's sines are less exact: bytes of the two drawings differ, and with them a little of all that follows.
      expect(distance(there.confidences, here.confidences)).toBeLessThan(1e-2);
      expect(cosine(there.gradient, here.gradient)).toBeGreaterThan(0.99);
      for (const each of [drawn, drawnHere, gpu, cpu]) await each?.close();
    },
  );

  /** The largest difference, in units of the largest number. */
  function apart(found: Float32Array, wanted: Float32Array): number {
    return distance(found, wanted) / wanted.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  }

  /** Of the angle between two gradients. */
  function cosine(a: Float32Array, b: Float32Array): number {
    const product = (x: Float32Array, y: Float32Array) =>
      x.reduce((sum, each, i) => sum + each * (y[i] ?? 0), 0);
    return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
  }
});

describe.skipIf(skip !== undefined)('webgpu and wasm', () => {
  it('agree on digits to 1e-5', async () => {
    const digits = await loadModel('digits');
    const webgpu = await openClassifier(digits, { engine: 'tensorflow', device: 'webgpu' });
    const images = noise(webgpu, 4);
    const found = await webgpu.classify(images, 4);
    const wasm = await openClassifier(digits, { engine: 'tensorflow', device: 'cpu' });
    expect(distance(found, await wasm.classify(images, 4))).toBeLessThan(1e-5);
    expect([webgpu.device, wasm.device]).toEqual(['webgpu', 'cpu']);
    await webgpu.close();
    await wasm.close();
  });
});
