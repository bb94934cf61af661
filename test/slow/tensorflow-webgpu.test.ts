import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
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
