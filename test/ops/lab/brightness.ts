import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { encodeModel } from '../../../worker/onnx/file.js';
import { floatTensor, integerTensor } from '../../../worker/onnx/tensor.js';
import { dense, node, tinyModel } from '../../worker/onnx/tiny-networks.js';

/** Pixels of a picture's side. */
export const SIDE = 8;

/** A network of two classes for pictures of 8 × 8: it is sure of `bright` with σ(16 · (mean brightness − ½)). */
export async function writeBrightness(directory: string): Promise<string> {
  const features = 3 * SIDE * SIDE;
  const weights = Float32Array.from({ length: features * 2 }, (_, i) => (i % 2 === 1 ? 16 / features : 0));
  const model = tinyModel({
    inputs: [{ name: 'x', dims: ['N', 3, SIDE, SIDE] }],
    outputs: [{ name: 'y', dims: ['N', 2] }],
    nodes: [node('Reshape', ['x', 'open'], 'f'), dense('f', 'z'), node('Add', ['z', 'b'], 'y')],
    weights: [
      integerTensor('open', [-1, features]),
      floatTensor('w', [features, 2], weights),
      floatTensor('b', [2], Float32Array.of(0, -8)),
    ],
  });
  const path = join(directory, 'brightness.onnx');
  await writeFile(path, encodeModel(model));
  await writeFile(join(directory, 'brightness.txt'), 'dark\nbright\n');
  return path;
}

/** What the network gives `bright` for a picture of one grey. */
export const byHand = (byte: number) => 1 / (1 + Math.exp(-16 * (byte / 255 - 0.5)));

export async function writeGrey(path: string, byte: number): Promise<void> {
  const create = {
    width: SIDE,
    height: SIDE,
    channels: 3 as const,
    background: { r: byte, g: byte, b: byte },
  };
  await sharp({ create }).png().toFile(path);
}
