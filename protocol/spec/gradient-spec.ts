import { z } from 'zod';

/** How the emitter `gradient` visits a class: Adam steps on −log of the class's confidence, from the class's elite. */

/** Every key; a person may leave any of them out. */
export const gradientSchema = z.strictObject({
  /** Steps of a visit at the most; it ends sooner when the class is solved. */
  steps: z.int().min(1).max(1000),
  /** Step size of Adam, in units of a genome's parameters. */
  rate: z.number().positive().max(100),
});

export type GradientSpec = z.infer<typeof gradientSchema>;

export const GRADIENT_DEFAULTS: GradientSpec = { steps: 3, rate: 0.02 };

/** Forward passes that an evaluation with a gradient counts as. Fixed, so that a run is the same wherever it is repeated. */
export const GRADIENT_COST = 4;
