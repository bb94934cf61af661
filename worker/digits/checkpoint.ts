import { z } from 'zod';
import { readArrays, unusable, writeArrays } from '../training/array-file.js';
import type { TrainingPlan, TrainingState } from './training.js';

const size = z.int().min(0);
const headerSchema = z.strictObject({
  seed: size,
  epochs: size,
  epoch: size,
  steps: size,
  /** How many of the arrays are weights; the rest are Adam's moments. */
  weights: size,
});

/** Writes a state for {@link readCheckpoint}, whole or not at all. */
export async function writeCheckpoint(path: string, plan: TrainingPlan, state: TrainingState): Promise<void> {
  const { epoch, weights, optimiser } = state;
  const { seed, epochs } = plan;
  const header = { seed, epochs, epoch, steps: optimiser.steps, weights: weights.length };
  await writeArrays(path, header, [...weights, ...optimiser.moments]);
}

/**
 * The state that was last written, or undefined where there is none. Throws a {@link BadInputError} (`ERR_CHECKPOINT`)
 * when the file is damaged or belongs to a training by another plan.
 */
export async function readCheckpoint(path: string, plan: TrainingPlan): Promise<TrainingState | undefined> {
  const file = await readArrays(path);
  if (file === undefined) return undefined;
  const header = headerSchema.parse(file.header);
  if (header.seed !== plan.seed || header.epochs !== plan.epochs) {
    throw unusable(
      `The checkpoint ${path} is of a training with seed ${header.seed} and ${header.epochs} epochs, ` +
        `but this one has seed ${plan.seed} and ${plan.epochs} epochs`,
    );
  }
  return {
    epoch: header.epoch,
    weights: file.arrays.slice(0, header.weights),
    optimiser: { steps: header.steps, moments: file.arrays.slice(header.weights) },
  };
}
