import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeFileAtomic } from '../../protocol/files/atomic.js';
import { createSession, runnerOf } from '../classifier/onnx/session.js';
import { encodeModel } from '../onnx/file.js';
import { writePlain } from './augmentation.js';
import { greatest } from './evaluation.js';
import type { ImageSet } from './image-set.js';
import { INPUT, inferenceGraph, OUTPUT, type WeightFormat } from './inference-graph.js';
import { frameOf, type TrainingPlan } from './training-plan.js';

/** The file of a trained network beside its card. */
export const NETWORK_FILE = 'model.onnx';
export const CARD_FILE = 'card.yaml';

/** What a card says for people to read. */
export interface About {
  readonly name: string;
  readonly license?: string;
  readonly source: string;
  readonly data: string;
  /** Share of images that are right, 0 … 1. */
  readonly accuracy: number;
  readonly rebuild: string;
  readonly notes: string;
}

/** The bytes of a trained network as an ONNX file. */
export function networkBytes(
  { network }: TrainingPlan,
  weights: readonly Float32Array[],
  format: WeightFormat,
): Uint8Array {
  return encodeModel(inferenceGraph(network, weights, format));
}

const AT_ONCE = 100;

/** The share of `set`'s images, unchanged, that the network in an ONNX file puts into the right class. */
export async function accuracyOfFile(bytes: Uint8Array, plan: TrainingPlan, set: ImageSet): Promise<number> {
  const frame = frameOf(plan);
  const dims = [frame.channels, frame.height, frame.width];
  const size = dims.reduce((product, each) => product * each, 1);
  const { classes } = plan.network;
  const runner = runnerOf(await createSession(bytes, 'cpu'), {
    input: INPUT,
    output: OUTPUT,
    dims,
    batch: 'any',
  });
  let right = 0;
  try {
    for (let start = 0; start < set.count; start += AT_ONCE) {
      const count = Math.min(AT_ONCE, set.count - start);
      const images = new Float32Array(count * size);
      for (let i = 0; i < count; i++) writePlain(set, start + i, frame, images, i * size);
      const rows = await runner.run(images, count);
      for (let i = 0; i < count; i++) {
        const row = rows.subarray(i * classes, (i + 1) * classes);
        right += Number(greatest(row) === set.labels[start + i]);
      }
    }
  } finally {
    await runner.release();
  }
  return right / set.count;
}

/** Writes a network and its card to a directory that there is: `atoll up --model DIRECTORY` opens it. */
export async function writeNetwork(
  directory: string,
  bytes: Uint8Array,
  plan: TrainingPlan,
  classes: readonly string[],
  about: About,
): Promise<void> {
  const { width, height, channels } = plan.network;
  const { name, ...told } = about;
  const card = stringify(
    {
      name,
      format: 'onnx',
      file: NETWORK_FILE,
      input: {
        layout: 'NCHW',
        width,
        height,
        channels: channels === 1 ? 'grey' : 'RGB',
        ...plan.normalisation,
      },
      output: 'softmax',
      labels: [...classes],
      ...told,
      seed: plan.seed,
    },
    { lineWidth: 110 },
  );
  await writeFileAtomic(join(directory, NETWORK_FILE), bytes);
  await writeFileAtomic(join(directory, CARD_FILE), card);
}
