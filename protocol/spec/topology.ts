/** The names of topologies: which islands send elites to which. Not in the spec's file, since a command line need not wait for its library. */

/** Neighbours that an island of `random:K` has at the most. */
const MAX_RANDOM = 64;

/** See coordinator/islands/topology.ts. */
export type Topology = 'full' | 'ring' | 'torus' | 'star' | 'none' | `random:${number}`;

/** All choices, as help texts and errors name them. */
export const TOPOLOGIES = `full, ring, torus, star, random:K (K from 1 to ${MAX_RANDOM}) or none`;

/** Whether the text names a topology. */
export function isTopology(text: string): text is Topology {
  const [kind, degree] = text.split(':', 2);
  if (degree === undefined) return ['full', 'ring', 'torus', 'star', 'none'].includes(text);
  return kind === 'random' && text === `random:${Number(degree)}` && isDegree(Number(degree));
}

function isDegree(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MAX_RANDOM;
}
