import { z } from 'zod';
import { median, sorted } from '../statistics/quantile.js';

/**
 * The retraining experiment of Nguyen, Yosinski and Clune (CVPR 2015): images that fool a network are added to its training set as
 * a class of their own, another network is trained on all of it, and the evolution is tried again.
 */

const confidence = z.number().min(0).max(1);

/** What a round came to. Round 0 is the network that has seen no evolved image. */
const roundSchema = z.strictObject({
  round: z.int().min(0),
  /** Evolved images that it was trained on, each counted once. */
  trainedOn: z.int().min(0),
  /** Share of real test images that are put into the right class. */
  accuracy: confidence,
  /** For each seed of its evolution, the confidence of the elite of every class but the added one; 0 of an empty cell. */
  confidences: z.array(z.array(confidence).min(1)).min(1),
  /** Evaluations of each seed. */
  evaluations: z.int().min(1),
  /** Evolved images that the next round is given. */
  kept: z.int().min(0),
});
export type Round = z.infer<typeof roundSchema>;

export const retrainingSchema = z.strictObject({
  data: z.string(),
  labels: z.array(z.string()).min(2),
  network: z.string(),
  encoding: z.string(),
  /** What weights a round starts from. */
  from: z.enum(['previous', 'fresh']),
  seed: z.int().min(0),
  rounds: z.array(roundSchema).min(1),
});
export type Retraining = z.infer<typeof retrainingSchema>;

export const checkRound = (value: unknown): Round => roundSchema.parse(value);

export interface RoundFigures {
  readonly round: number;
  readonly accuracy: number;
  readonly trainedOn: number;
  /** Of the medians over the classes, one a seed: the median, the least and the greatest. */
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
  /** Share of classes of all seeds at .9999 or more. */
  readonly certain: number;
}

/** How a round is told in a line. */
export function roundFigures({ round, accuracy, trainedOn, confidences }: Round): RoundFigures {
  const medians = sorted(confidences.map(median));
  const all = confidences.flat();
  return {
    round,
    accuracy,
    trainedOn,
    median: median(medians),
    least: medians[0] ?? 0,
    greatest: medians.at(-1) ?? 0,
    certain: all.filter((each) => each >= 0.9999).length / all.length,
  };
}
