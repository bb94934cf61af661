import { randomFrom } from '../../protocol/base/seeded-random.js';
import { registerConvolutionGradients } from '../../worker/classifier/tensorflow/convolution-gradients.js';
import { useWasm } from '../../worker/classifier/tensorflow/wasm.js';
import { DIGIT_CLASSES, DIGIT_PIXELS, DIGIT_SIDE, type DigitSet } from '../../worker/digits/mnist.js';
import * as tensorflow from '../../worker/digits/training.js';
import { NO_AUGMENTATION } from '../../worker/training/augmentation.js';
import { trainEpoch } from '../../worker/training/epoch.js';
import type { ImageSet } from '../../worker/training/image-set.js';
import { lenet } from '../../worker/training/network-plan.js';
import { openGradientSession } from '../../worker/training/onnx-session.js';
import type { TrainingPlan } from '../../worker/training/training-plan.js';
import { initialState } from '../../worker/training/training-state.js';
import { print, table } from '../cli/output.js';

/** `npm run bench:training`: LeNet trained on random images, by TensorFlow.js and by `atoll train` in turn. */

const IMAGES = 3200;
/** That of `npm run train:digits`. */
const BATCH = 64;
const TURNS = 5;

const random = randomFrom(1, 'bench', 'training');
const pixels = Uint8Array.from({ length: IMAGES * DIGIT_PIXELS }, () => random.below(256));
const digits: DigitSet = {
  count: IMAGES,
  images: pixels,
  labels: Uint8Array.from({ length: IMAGES }, () => random.below(DIGIT_CLASSES)),
};
const set: ImageSet = {
  count: IMAGES,
  width: DIGIT_SIDE,
  height: DIGIT_SIDE,
  channels: 1,
  pixels,
  labels: Uint16Array.from(digits.labels),
  classes: Array.from({ length: DIGIT_CLASSES }, (_, i) => String(i)),
};
const plan: TrainingPlan = {
  network: lenet(DIGIT_SIDE, DIGIT_SIDE, 1, DIGIT_CLASSES),
  seed: 1,
  batch: BATCH,
  epochs: 12,
  patience: 0,
  optimiser: 'adam',
  rate: 0.002,
  decay: 0,
  smoothing: 0,
  augmentation: { ...NO_AUGMENTATION, shift: 2 / DIGIT_SIDE },
  normalisation: { scale: 1 / 255, offset: 0 },
};
/** The least that is not nothing: an epoch ends with a look at it. */
const validation: ImageSet = { ...set, count: 1 };

await useWasm();
registerConvolutionGradients();
const session = await openGradientSession(plan.network, BATCH);
const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  'TensorFlow.js': () => tensorflow.trainEpoch(plan, tensorflow.initialState(1), digits),
  'ONNX Runtime': () => trainEpoch(plan, initialState(plan), { train: set, validation }, session),
};
const rates = new Map<string, { wall: number[]; processor: number[] }>();
for (let turn = 0; turn < TURNS; turn++) {
  for (const [name, train] of Object.entries(ways)) {
    const used = process.cpuUsage();
    const started = performance.now();
    await train();
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(used);
    const found = rates.get(name) ?? { wall: [], processor: [] };
    found.wall.push(IMAGES / seconds);
    found.processor.push(IMAGES / ((user + system) / 1e6));
    rates.set(name, found);
  }
}
await session.close();

const middle = (values: readonly number[]) =>
  (values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0).toFixed(0);
print(
  table([
    ['LeNet', 'images/s', 'images a second of processor time'],
    ...[...rates].map(([name, { wall, processor }]) => [name, middle(wall), middle(processor)]),
  ]),
);
