import { CPPN_LIMITS, type CppnGenome, INPUTS } from './genome.js';

/**
 * The part of a CPPN that draws: the nodes that reach an output, and nothing else, in an order in which every node comes
 * after its sources. Node numbers: inputs 0 … 3, then live node i as `4 + i`.
 */
export interface ExpressedCppn {
  /** Index into ACTIVATIONS of each live node that is not an input. */
  readonly activations: Uint8Array;
  /** Live nodes + 1 offsets: node i's connections are `start[i]` … `start[i + 1] − 1` of the two arrays below. */
  readonly start: Uint32Array;
  /** Node numbers; those of node i are all below `4 + i`. A node's sources keep the genome's order. */
  readonly sources: Uint16Array;
  readonly weights: Float32Array;
  /** The genome's index of each of these connections. */
  readonly places: Uint16Array;
  /** Node numbers of the outputs, in their order. An output is live even where nothing leads into it. */
  readonly outputs: Uint16Array;
}

/**
 * Where `express` works, made once: small arrays cost more to make than to fill. Nodes are numbered without the inputs.
 */
const first = new Uint16Array(CPPN_LIMITS.nodes + 1);
const cursor = new Uint16Array(CPPN_LIMITS.nodes);
const visited = new Uint8Array(CPPN_LIMITS.nodes);
const stack = new Uint16Array(CPPN_LIMITS.nodes);
const order = new Uint16Array(CPPN_LIMITS.nodes);
const rank = new Uint16Array(CPPN_LIMITS.nodes);

/**
 * The part of a valid genome that shows in its image. Nodes come in depth-first order from the first output on, so that
 * the result depends on the live nodes alone, and dead ones may come and go without changing it.
 */
export function express(genome: CppnGenome): ExpressedCppn {
  const { activations, outputs, sources, targets, weights } = genome;
  const inputs = INPUTS.length;
  const nodes = activations.length;
  const connections = targets.length;

  // Connections are sorted by target: node i's are first[i] … first[i + 1] − 1.
  let node = 0;
  for (let c = 0; c < connections; c++) {
    const target = (targets[c] as number) - inputs;
    while (node <= target) first[node++] = c;
  }
  while (node <= nodes) first[node++] = connections;
  for (let i = 0; i < nodes; i++) {
    cursor[i] = first[i] as number;
    visited[i] = 0;
  }

  let live = 0;
  let liveConnections = 0;
  for (let output = 0; output < outputs; output++) {
    if (visited[output] === 1) continue;
    let depth = 1;
    stack[0] = output;
    visited[output] = 1;
    while (depth > 0) {
      node = stack[depth - 1] as number;
      const next = cursor[node] as number;
      const end = first[node + 1] as number;
      if (next === end) {
        depth--;
        rank[node] = live;
        order[live++] = node;
        liveConnections += end - (first[node] as number);
        continue;
      }
      cursor[node] = next + 1;
      const source = (sources[next] as number) - inputs;
      if (source >= 0 && visited[source] === 0) {
        visited[source] = 1;
        stack[depth++] = source;
      }
    }
  }

  const expressed = {
    activations: new Uint8Array(live),
    start: new Uint32Array(live + 1),
    sources: new Uint16Array(liveConnections),
    weights: new Float32Array(liveConnections),
    places: new Uint16Array(liveConnections),
    outputs: new Uint16Array(outputs),
  };
  let filled = 0;
  for (let i = 0; i < live; i++) {
    node = order[i] as number;
    expressed.activations[i] = activations[node] as number;
    for (let c = first[node] as number; c < (first[node + 1] as number); c++) {
      const source = sources[c] as number;
      expressed.sources[filled] = source < inputs ? source : inputs + (rank[source - inputs] as number);
      expressed.places[filled] = c;
      expressed.weights[filled++] = weights[c] as number;
    }
    expressed.start[i + 1] = filled;
  }
  for (let output = 0; output < outputs; output++) {
    expressed.outputs[output] = inputs + (rank[output] as number);
  }
  return expressed;
}

/** Whether two genomes of one canvas draw the same image because they express the same graph, node for node. */
export function sameExpression(a: ExpressedCppn, b: ExpressedCppn): boolean {
  return (
    equal(a.activations, b.activations) &&
    equal(a.start, b.start) &&
    equal(a.sources, b.sources) &&
    equal(a.weights, b.weights) &&
    equal(a.outputs, b.outputs)
  );
}

function equal(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
