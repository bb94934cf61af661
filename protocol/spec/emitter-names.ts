/**
 * What a spec calls the emitters (worker/emitter/emitters.ts).
 * - `mutation`: mutated elites, as in the paper.
 * - `iso-line`: elites moved a little in all directions, and along the line to another elite.
 * - `gradient`: the elite of a class, moved some steps down the gradient of −log of that class's confidence.
 * - `cma`: a separable CMA-ES that follows what improves the archive.
 */
export const EMITTER_NAMES = ['mutation', 'iso-line', 'gradient', 'cma'] as const;
export type EmitterName = (typeof EMITTER_NAMES)[number];
