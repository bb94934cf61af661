import { z } from 'zod';

/**
 * Networks that a run evolves against besides its model: an image's confidence is the least (or the mean) of what all of
 * them give it, so that what wins a cell fools them all.
 */

const MOST = 15;

export const objectiveSchema = z.strictObject({
  /** Names of catalogued models, or paths, as the key `model` has one. Empty: the model alone. */
  also: z.array(z.string().min(1)).max(MOST),
  /** SHA-256 of each. */
  digests: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(MOST),
  /** How the confidences of all networks become one. */
  reduce: z.enum(['minimum', 'mean']),
});

export type ObjectiveSpec = z.infer<typeof objectiveSchema>;

export const OBJECTIVE_DEFAULTS: ObjectiveSpec = { also: [], digests: [], reduce: 'minimum' };
