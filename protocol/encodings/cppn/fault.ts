import type { GenomeFault } from '../faults.js';
import { ACTIVATIONS, CPPN_LIMITS, type CppnGenome, INPUTS, WEIGHT_RANGE } from './genome.js';

/** The first rule that a CPPN breaks; undefined where it is valid. */
export function cppnFault(genome: CppnGenome): GenomeFault | undefined {
  const { canvas, outputs, activations, sources, targets, weights } = genome;
  if (outputs !== 1 && outputs !== 3) return 'outputs';
  if (!(Number.isInteger(canvas) && canvas >= 1 && canvas <= CPPN_LIMITS.canvas)) return 'canvas';
  // Inputs are nodes too.
  const nodes = INPUTS.length + activations.length;
  if (activations.length < outputs || nodes > CPPN_LIMITS.nodes) return 'nodes';
  if (activations.some((activation) => activation >= ACTIVATIONS.length)) return 'activation';
  const connections = weights.length;
  if (connections > CPPN_LIMITS.connections) return 'connections';
  if (sources.length !== connections || targets.length !== connections) return 'connections';
  let before = -1;
  for (let c = 0; c < connections; c++) {
    const source = sources[c] as number;
    const target = targets[c] as number;
    if (source >= nodes || target >= nodes || target < INPUTS.length) return 'endpoint';
    const place = target * CPPN_LIMITS.nodes + source;
    if (place <= before) return 'connection-order';
    before = place;
    // Written so that NaN fails it.
    if (!(Math.abs(weights[c] as number) <= WEIGHT_RANGE)) return 'weight';
  }
  return hasCycle(nodes, sources, targets) ? 'cycle' : undefined;
}

/**
 * Whether connections lead round in a circle: Kahn's algorithm, taking away nodes that feed no other until none is left.
 * `targets` are ascending.
 */
function hasCycle(nodes: number, sources: Uint16Array, targets: Uint16Array): boolean {
  const first = new Uint32Array(nodes + 1);
  for (const target of targets) first[target + 1] = (first[target + 1] as number) + 1;
  for (let node = 0; node < nodes; node++) {
    first[node + 1] = (first[node + 1] as number) + (first[node] as number);
  }
  const feeds = new Uint32Array(nodes);
  for (const source of sources) feeds[source] = (feeds[source] as number) + 1;
  const free = new Uint16Array(nodes);
  let found = 0;
  for (let node = 0; node < nodes; node++) if (feeds[node] === 0) free[found++] = node;
  for (let taken = 0; taken < found; taken++) {
    const node = free[taken] as number;
    for (let c = first[node] as number; c < (first[node + 1] as number); c++) {
      const source = sources[c] as number;
      const left = (feeds[source] as number) - 1;
      feeds[source] = left;
      if (left === 0) free[found++] = source;
    }
  }
  return found < nodes;
}
