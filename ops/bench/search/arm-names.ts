/** What is compared by default: how the paper searches, each emitter alone on one encoding, and the bandit. */
export const DEFAULT_ARMS = [
  'cppn:mutation',
  'dense:mutation',
  'dense:iso-line',
  'dense:cma',
  'dense:gradient',
  'dense:mutation+iso-line+gradient',
] as const;
