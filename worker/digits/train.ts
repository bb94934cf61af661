import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { stringify } from 'yaml';
import { writeFileAtomic } from '../../protocol/files/atomic.js';
import { registerConvolutionGradients } from '../classifier/tensorflow/convolution-gradients.js';
import { useWasm } from '../classifier/tensorflow/wasm.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { DIGIT_CLASSES, DIGIT_SIDE, readMnist } from './mnist.js';
import {
  accuracyOf,
  initialState,
  networkOf,
  type TrainingPlan,
  type TrainingState,
  type TrainingStep,
  trainEpoch,
} from './training.js';

const DEFAULT_NAME = 'digits';

export interface DigitsTraining extends TrainingPlan {
  /** Folder of the four MNIST files. */
  readonly data: string;
  /** What the card calls the network; absent: `digits`. */
  readonly name?: string;
  /** Folder that gets model.json, weights.bin and card.yaml, and until then checkpoint.bin. */
  readonly out: string;
  /** Forget an earlier checkpoint instead of going on from it. */
  readonly restart?: boolean;
  readonly onStep?: (step: TrainingStep) => void;
  /** After each epoch, with the accuracy on the test images. */
  readonly onEpoch?: (epoch: number, accuracy: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains a network that ships with Atoll, and writes it; resolves to its accuracy on the 10,000 test images.
 * An interrupted training goes on from its last whole epoch, to the same bytes. Rejects with a BadInputError for data
 * or a checkpoint that cannot be used, and with an InterruptedError once `signal` is aborted.
 */
export async function trainDigits(training: DigitsTraining): Promise<number> {
  const { data, name = DEFAULT_NAME, out, restart = false, onStep, onEpoch = () => {}, signal } = training;
  const [train, test] = await Promise.all([readMnist(data, 'train'), readMnist(data, 'test')]);
  const plan = { seed: training.seed, epochs: training.epochs };
  const checkpoint = join(out, 'checkpoint.bin');
  await mkdir(out, { recursive: true });
  const kept = restart ? undefined : await readCheckpoint(checkpoint, plan);
  await useWasm();
  const release = registerConvolutionGradients();
  try {
    let state = kept ?? initialState(plan.seed);
    let accuracy = testAccuracy(state);
    while (state.epoch < plan.epochs) {
      state = await trainEpoch(plan, state, train, onStep, signal);
      await writeCheckpoint(checkpoint, plan, state);
      accuracy = testAccuracy(state);
      onEpoch(state.epoch, accuracy);
    }
    await writeModel(state, cardOf(name, plan, accuracy), out);
    await rm(checkpoint, { force: true });
    return accuracy;
  } finally {
    release();
  }

  function testAccuracy(state: TrainingState): number {
    const lenet = networkOf(state);
    const accuracy = accuracyOf(lenet.network, test);
    lenet.dispose();
    return accuracy;
  }
}

/** Writes a TensorFlow.js layers model of one shard, and its card. */
async function writeModel(state: TrainingState, card: string, out: string): Promise<void> {
  const lenet = networkOf(state);
  const weights = 'weights.bin';
  const handler: io.IOHandler = {
    async save({ modelTopology, weightSpecs = [], weightData }) {
      const data = new Uint8Array(weightData as ArrayBuffer);
      const json = {
        format: 'layers-model',
        generatedBy: 'Atoll, npm run train:digits',
        modelTopology,
        weightsManifest: [{ paths: [weights], weights: weightSpecs }],
      };
      await writeFileAtomic(join(out, weights), data);
      await writeFileAtomic(join(out, 'model.json'), `${JSON.stringify(json, undefined, 1)}\n`);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  };
  await lenet.network.save(handler);
  lenet.dispose();
  await writeFileAtomic(join(out, 'card.yaml'), card);
}

/** The card of the trained network: with its data, its accuracy, its seed and how it is trained again. */
function cardOf(name: string, { seed, epochs }: TrainingPlan, accuracy: number): string {
  const named = name === DEFAULT_NAME ? '' : ` --name ${name} --out OUT`;
  return stringify(
    {
      name,
      format: 'tfjs-layers',
      file: 'model.json',
      input: {
        layout: 'NHWC',
        width: DIGIT_SIDE,
        height: DIGIT_SIDE,
        channels: 'grey',
        range: 1,
      },
      output: 'softmax',
      labels: Array.from({ length: DIGIT_CLASSES }, (_, digit) => String(digit)),
      license: 'Apache-2.0',
      source: 'a LeNet trained by Atoll, with TensorFlow.js',
      data: 'MNIST (LeCun, Cortes, Burges), the 60,000 training images, moved by up to 2 pixels at random',
      accuracy,
      seed,
      rebuild: `npm run train:digits -- --data DIR --epochs ${epochs} --seed ${seed}${named}`,
      notes: 'accuracy is the share of the 10,000 MNIST test images, none of which was trained on',
    },
    { lineWidth: 110 },
  );
}
