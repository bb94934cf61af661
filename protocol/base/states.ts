/** The states of runs and islands. */

/** `failed`: the store takes no more. */
export const RUN_STATES = ['running', 'paused', 'ending', 'ended', 'failed'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** `joining`: loads its model. `live`: heard of. `lost`: silent, or not back yet after a restart. */
export const ISLAND_STATES = ['joining', 'live', 'lost', 'done', 'failed'] as const;
export type IslandState = (typeof ISLAND_STATES)[number];
