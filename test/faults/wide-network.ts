import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { encodeModel } from '../../worker/onnx/file.js';
import { floatTensor, integerTensor } from '../../worker/onnx/tensor.js';
import { node, tinyModel } from '../worker/onnx/tiny-networks.js';

/** What the layer sees of an image, however large that is. */
const SIDE = 8;
const FEATURES = 3 * SIDE * SIDE;
/** Small enough that no class is ever certain: what evolves for it goes on improving. */
const SPREAD = 0.06;

/**
 * Writes a network of one layer and many classes into a directory, and returns its path. `side`: of its images, a
 * multiple of 8 pixels.
 */
export async function writeWideNetwork(directory: string, classes: number, side = SIDE): Promise<string> {
  const random = randomFrom(1, 'wide network');
  const weights = Float32Array.from({ length: FEATURES * classes }, () => {
    // A sum of uniform numbers is as good as normal here.
    const sum = random.uniform() + random.uniform() + random.uniform();
    return 2 * SPREAD * (sum - 1.5);
  });
  const model = tinyModel({
    inputs: [{ name: 'x', dims: ['N', 3, side, side] }],
    outputs: [{ name: 'y', dims: ['N', classes] }],
    nodes: [
      node('AveragePool', ['x'], 'p', window('kernel_shape', side), window('strides', side)),
      node('Reshape', ['p', 'open'], 'f'),
      node('MatMul', ['f', 'w'], 'y'),
    ],
    weights: [integerTensor('open', [-1, FEATURES]), floatTensor('w', [FEATURES, classes], weights)],
  });
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'wide.onnx');
  await writeFile(path, encodeModel(model));
  await writeFile(`${path}.card.yaml`, 'input: {mean: [0.5, 0.5, 0.5], std: 0.5}\n');
  return path;
}

const INTS = 7;
const window = (name: string, side: number) => ({ name, type: INTS, ints: [side / SIDE, side / SIDE] });
