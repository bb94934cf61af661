import { z } from 'zod';

/**
 * How the emitter `gradient` visits a class: steps of steepest descent on −log of the class's confidence, from the class's
 * elite; and a prior of pictures that is added to it, where a weight of it is not 0.
 */

/** Every key; a person may leave any of them out. */
export const gradientSchema = z.strictObject({
  /** Steps of a long visit, where single ones gained nothing; up to four times as many where those gain nothing either. */
  steps: z.int().min(1).max(1000),
  /** Root mean square of a step, in units of a genome's parameters. */
  rate: z.number().positive().max(100),
  /** Weight of the total variation of a picture whose levels are 0 … 1; see worker/picture-prior.ts. */
  smooth: z.number().min(0).max(1000),
  /** Weight of half the squared distances of levels, 0 … 1, from the network's mean. */
  decay: z.number().min(0).max(1000),
});

/** A run of an earlier Atoll has no prior. */
export const fullGradientSchema = gradientSchema.extend({
  smooth: gradientSchema.shape.smooth.default(0),
  decay: gradientSchema.shape.decay.default(0),
});

export type GradientSpec = z.infer<typeof gradientSchema>;

export const GRADIENT_DEFAULTS: GradientSpec = { steps: 32, rate: 0.05, smooth: 0, decay: 0 };

/** Forward passes that an evaluation with a gradient counts as. Fixed, so that a run is the same wherever it is repeated. */
export const GRADIENT_COST = 4;

/**
 * Classes that an island visits side by side, at the most, unless a person gives a batch: what one visit finds serves the
 * next. So a run that follows gradients has no greater batch by default, whatever its other emitters.
 */
export const MOST_VISITS = 16;
