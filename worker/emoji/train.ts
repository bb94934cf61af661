import type { OpenGradientSession } from '../training/gradient-session.js';
import { type TrainedNetwork, trainFolder } from '../training/train-folder.js';
import type { TrainingWatch } from '../training/train-network.js';
import type { EmojiDrawings } from './drawings.js';
import { emojiPlan } from './plan.js';
import { EMOJI_SETS } from './sets.js';

export interface EmojiTraining extends TrainingWatch {
  readonly drawings: EmojiDrawings;
  readonly out: string;
  readonly seed: number;
  readonly epochs: number;
  readonly restart: boolean;
  readonly open: OpenGradientSession;
}

/** Trains the network of a thousand emoji that ships with Atoll, and writes it; see {@link trainFolder}. */
export async function trainEmoji(training: EmojiTraining): Promise<TrainedNetwork> {
  const { drawings, seed, epochs } = training;
  const sets = (heldOut: boolean) =>
    EMOJI_SETS.filter((set) => set.heldOut === heldOut)
      .map(({ name, version, author, license }) => `${name} ${version} (${author}, ${license})`)
      .join(', ');
  return trainFolder({
    ...training,
    replace: training.restart,
    plan: emojiPlan(seed, epochs),
    data: { train: drawings.train, validation: drawings.heldOut },
    format: 'float16',
    about: {
      name: 'emoji',
      license: 'Apache-2.0',
      source: 'a convolutional network trained by Atoll, with ONNX Runtime',
      data: `1,000 emoji in the npm packages @iconify-json/…: ${sets(false)}; drawn at 48 × 48, changed at random`,
      rebuild: `npm run train:emoji -- --epochs ${epochs} --seed ${seed}`,
      notes: `accuracy is the share of the 1,000 drawings of ${sets(true)} that are right, none of which was trained on`,
    },
  });
}
