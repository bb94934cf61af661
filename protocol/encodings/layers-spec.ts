import { z } from 'zod';
import { ACTIVATIONS, DENSE_LIMITS } from './dense/genome.js';

/** The hidden layers of all dense genomes of a run; no other encoding reads them. */
export const layersSchema = z.strictObject({
  /** How many there are. */
  count: z.int().min(1).max(DENSE_LIMITS.layers),
  /** Units of each, as many for every activation. */
  width: z
    .int()
    .min(ACTIVATIONS.length)
    .max(DENSE_LIMITS.width)
    .multipleOf(ACTIVATIONS.length, `must be a multiple of ${ACTIVATIONS.length}`),
});

export type LayersSpec = z.infer<typeof layersSchema>;

/** 1,524 weights where the picture has colours. */
export const DEFAULT_LAYERS: LayersSpec = { count: 3, width: 24 };
