import { join } from 'node:path';
import type { TrainedNetwork } from '../../worker/training/train-folder.js';
import type { TrainingPlan } from '../../worker/training/training-plan.js';
import { writeResult } from '../lab/results/write.js';
import { TRAINING, type Training } from '../lab/training/experiment.js';

/** Keeps how a training went beside its network, as an experiment. Resolves to its folder. */
export function keepTraining(
  { directory, history, epoch, accuracy }: TrainedNetwork,
  {
    network,
    ...about
  }: Pick<Training, 'data' | 'images' | 'validation' | 'measuredOn' | 'rebuild'> & {
    readonly network: { readonly name: string; readonly plan: TrainingPlan['network'] };
  },
): Promise<string> {
  const { width, height, channels, classes } = network.plan;
  const found = TRAINING.resultOf({
    ...about,
    network: network.name,
    input: { width, height, channels: channels === 1 ? 'grey' : 'RGB' },
    classes,
    history: history.map((each) => ({ ...each })),
    epoch,
    accuracy,
  });
  return writeResult(join(directory, 'report'), found);
}
