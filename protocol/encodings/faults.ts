import { ACTIVATIONS, CPPN_LIMITS, type CppnGenome, INPUTS, WEIGHT_RANGE } from './cppn/genome.js';
import { DIRECT_LIMITS, type DirectGenome } from './direct/genome.js';
import type { Genome } from './genome.js';

/** Every reason for which a genome is refused: few enough to label a counter with. */
export const GENOME_FAULTS = [
  /** Bytes that are no protobuf, or a genome of no known encoding. */
  'malformed',
  /** Bytes that say the same in another way than {@link encodeGenome} does, or more: the digest would be ambiguous. */
  'not-canonical',
  /** More bytes than any genome within the limits has. */
  'too-large',
  /** Neither 1 nor 3 outputs or channels. */
  'outputs',
  'canvas',
  /** Too many nodes, or fewer than outputs. */
  'nodes',
  'activation',
  /** Too many connections, or sources, targets and weights that do not run in parallel. */
  'connections',
  /** From or to a node that is not there, or into an input. */
  'endpoint',
  /** Not sorted by (target, source), or twice the same. */
  'connection-order',
  /** Not finite, or beyond the range. */
  'weight',
  'cycle',
  /** No or too many samples. */
  'samples',
  /** Not width · height · channels genes. */
  'gene-length',
] as const;

export type GenomeFault = (typeof GENOME_FAULTS)[number];

/** A genome that no image may be drawn from; `reason` is for machines, the message for people. */
export class InvalidGenomeError extends Error {
  readonly reason: GenomeFault;

  constructor(reason: GenomeFault, cause?: unknown) {
    super(`invalid genome: ${reason}`, cause === undefined ? undefined : { cause });
    this.name = 'InvalidGenomeError';
    this.reason = reason;
  }
}

/** Throws an {@link InvalidGenomeError} unless the genome keeps every rule and limit of its encoding. */
export function validateGenome(genome: Genome): void {
  const fault = genomeFault(genome);
  if (fault !== undefined) throw new InvalidGenomeError(fault);
}

/** The first rule that a genome breaks; undefined where it is valid. Linear in its size. */
export function genomeFault(genome: Genome): GenomeFault | undefined {
  switch (genome.encoding) {
    case 'cppn':
      return cppnFault(genome);
    case 'direct':
      return directFault(genome);
    default:
      // Only a caller that went round the types comes here.
      return 'malformed';
  }
}

function directFault({ width, height, channels, genes }: DirectGenome): GenomeFault | undefined {
  if (channels !== 1 && channels !== 3) return 'outputs';
  const samples = width * height * channels;
  if (!isCount(width) || !isCount(height) || samples > DIRECT_LIMITS.samples) return 'samples';
  return genes.length === samples ? undefined : 'gene-length';
}

function cppnFault(genome: CppnGenome): GenomeFault | undefined {
  const { canvas, outputs, activations, sources, targets, weights } = genome;
  if (outputs !== 1 && outputs !== 3) return 'outputs';
  if (!isCount(canvas) || canvas > CPPN_LIMITS.canvas) return 'canvas';
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

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
