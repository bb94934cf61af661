/** What a spec calls the emitters (worker/emitter/emitters.ts). `mutation`: mutated elites, as in the paper. */
export const EMITTER_NAMES = ['mutation'] as const;
export type EmitterName = (typeof EMITTER_NAMES)[number];
