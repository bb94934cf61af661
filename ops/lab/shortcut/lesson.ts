import { z } from 'zod';
import { median } from '../statistics/quantile.js';
import { ALTERATIONS, type Alteration } from './alterations.js';
import { COLOURINGS, type Colouring, SILHOUETTES } from './silhouettes.js';

/** What the lesson on shortcuts measured: a network that was trained with the accident of colour, and one without. */

const share = z.number().min(0).max(1);
const picture = z.string().startsWith('data:image/png;base64,');
const byAlteration = z.strictObject({ plain: share, grey: share, swapped: share, shuffled: share });
export type ByAlteration = z.infer<typeof byAlteration>;

const eliteSchema = z.strictObject({
  classId: z.int().min(0).max(1),
  seed: z.int().min(0),
  picture,
  /** What its own network gives the class that it was evolved for. */
  confidence: byAlteration,
  /** What the network of the other training gives that class. */
  other: share,
});
export type LessonElite = z.infer<typeof eliteSchema>;

const trainingSchema = z.strictObject({
  colouring: z.enum(COLOURINGS),
  /** Some of the pictures that it was trained on. */
  examples: z.array(z.strictObject({ classId: z.int().min(0).max(1), picture })),
  /** Share of pictures with the accident, seen by neither network, that are named rightly. */
  accuracy: byAlteration,
  elites: z.array(eliteSchema).min(1),
  /** The first elite of each class, changed. */
  shown: z.array(z.strictObject({ classId: z.int().min(0).max(1), altered: z.array(picture) })),
});
export type LessonTraining = z.infer<typeof trainingSchema>;

export const lessonSchema = z.strictObject({
  seed: z.int().min(0),
  /** Pictures that each network was trained on, and that accuracy was measured on. */
  trainedOn: z.int().min(1),
  heldOut: z.int().min(1),
  epochs: z.int().min(1),
  encoding: z.string(),
  /** Evolutions of each network, and evaluations of each. */
  evolutions: z.int().min(1),
  evaluations: z.int().min(1),
  trainings: z.array(trainingSchema).length(COLOURINGS.length),
});
export type Lesson = z.infer<typeof lessonSchema>;

export interface LessonFigures {
  readonly colouring: Colouring;
  readonly accuracy: ByAlteration;
  /** Medians over the elites of both classes. */
  readonly confidence: ByAlteration;
  /** Median of what the other network gives them. */
  readonly other: number;
}

/** The figures of a training that the page tells. */
export function lessonFigures({ colouring, accuracy, elites }: LessonTraining): LessonFigures {
  const medianOf = (alteration: Alteration) => median(elites.map(({ confidence }) => confidence[alteration]));
  const [plain, grey, swapped, shuffled] = ALTERATIONS.map(medianOf) as [number, number, number, number];
  const confidence = { plain, grey, swapped, shuffled };
  return { colouring, accuracy, confidence, other: median(elites.map(({ other }) => other)) };
}

export const classNames: readonly string[] = SILHOUETTES;
