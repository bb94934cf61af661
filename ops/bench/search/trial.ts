import { z } from 'zod';

/** A search with one arm and one seed: its curve over cost. */

const number = z.number();

const pointSchema = z.strictObject({
  /** Forward passes. */
  cost: number,
  evaluations: number,
  median: number,
  mean: number,
  /** Classes. */
  solved: z.strictObject({ '0.5': number, '0.88': number, '0.99': number }),
});

/** Where a search is at some cost. */
export type Point = z.infer<typeof pointSchema>;

export const THRESHOLDS = ['0.5', '0.88', '0.99'] as const;

const shareSchema = z.strictObject({ evaluations: number, cost: number, improvement: number });

/** What fixes a trial: one with the same is not done again. */
const settingsSchema = z.strictObject({
  arm: z.string(),
  seed: number,
  /** SHA-256 of the model. */
  model: z.string(),
  cost: number,
  /** Of Atoll, and all of the evolution's keys. */
  version: z.string(),
  evolution: z.unknown(),
});

export type TrialSettings = z.infer<typeof settingsSchema>;

export const trialSchema = z.strictObject({
  settings: settingsSchema,
  classes: number,
  /** Ascending by cost; the last where the trial ended. */
  curve: z.array(pointSchema).min(1),
  /** By emitter. */
  shares: z.record(z.string(), shareSchema),
  seconds: number,
});

export type Trial = z.infer<typeof trialSchema>;

/** Points of a curve, evenly over the cost. */
export const POINTS = 100;

/** Where a search stands. `confidences`: the best of each class. */
export function pointOf(cost: number, evaluations: number, confidences: Float32Array): Point {
  const sorted = Float64Array.from(confidences).sort();
  const { length } = sorted;
  const upper = sorted[length >>> 1] ?? 0;
  const at = (threshold: number) => sorted.filter((confidence) => confidence >= threshold).length;
  return {
    cost,
    evaluations,
    median: length % 2 === 1 ? upper : (upper + (sorted[(length >>> 1) - 1] ?? 0)) / 2,
    mean: sorted.reduce((sum, confidence) => sum + confidence, 0) / length,
    solved: { '0.5': at(0.5), '0.88': at(0.88), '0.99': at(0.99) },
  };
}

/** The point of a curve at some cost: the last that costs no more; undefined before the first. */
export function pointAt(curve: readonly Point[], cost: number): Point | undefined {
  return curve.findLast((point) => point.cost <= cost);
}
