import { type CppnGenome, INPUTS } from './genome.js';

/**
 * A CPPN that is being changed. Between calls it keeps every rule of a genome but the limits: connections sorted by
 * (target, source), none twice, no gaps in the numbering. Nodes are numbered as in {@link CppnGenome}.
 */
export interface CppnDraft {
  readonly activations: number[];
  readonly sources: number[];
  readonly targets: number[];
  readonly weights: number[];
  /** Inputs, outputs and hidden nodes together. */
  nodes(): number;
  /** Numbers of the hidden nodes. */
  hidden(): readonly number[];
  /** Nodes to which a connection from `source` would be new, close no cycle, and not lead into an input. */
  openTargets(source: number): readonly number[];
  /** `target` is one of {@link openTargets}. */
  connect(source: number, target: number, weight: number): void;
  /** Takes the c-th connection away. */
  disconnect(c: number): void;
  /** Adds a hidden node and returns its number, the highest. */
  addNode(activation: number): number;
  /** Takes a hidden node away with all its connections; those above it move down by one. */
  removeNode(node: number): void;
}

export function draftOf(genome: CppnGenome): CppnDraft {
  const activations = Array.from(genome.activations);
  const sources = Array.from(genome.sources);
  const targets = Array.from(genome.targets);
  const weights = Array.from(genome.weights);
  const firstHidden = INPUTS.length + genome.outputs;
  const nodes = () => INPUTS.length + activations.length;

  /** Index of the first connection at or after (target, source) in their order. */
  function place(source: number, target: number): number {
    let low = 0;
    let high = targets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const before = (targets[middle] as number) - target || (sources[middle] as number) - source;
      if (before < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Marks `node` and all that feeds it, however far back. */
  function markAncestors(node: number): Uint8Array {
    const marked = new Uint8Array(nodes());
    const pending = [node];
    marked[node] = 1;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (let c = place(0, next); targets[c] === next; c++) {
        const source = sources[c] as number;
        if (marked[source] === 1) continue;
        marked[source] = 1;
        pending.push(source);
      }
    }
    return marked;
  }

  function disconnect(c: number): void {
    sources.splice(c, 1);
    targets.splice(c, 1);
    weights.splice(c, 1);
  }

  return {
    activations,
    sources,
    targets,
    weights,
    nodes,
    hidden: () => Array.from({ length: nodes() - firstHidden }, (_, i) => firstHidden + i),
    openTargets(source) {
      const taken = markAncestors(source);
      for (let c = 0; c < sources.length; c++) if (sources[c] === source) taken[targets[c] as number] = 1;
      const open: number[] = [];
      for (let node: number = INPUTS.length; node < taken.length; node++)
        if (taken[node] === 0) open.push(node);
      return open;
    },
    connect(source, target, weight) {
      const at = place(source, target);
      sources.splice(at, 0, source);
      targets.splice(at, 0, target);
      weights.splice(at, 0, weight);
    },
    disconnect,
    addNode: (activation) => INPUTS.length + activations.push(activation) - 1,
    removeNode(node) {
      for (let c = targets.length - 1; c >= 0; c--) {
        if (sources[c] === node || targets[c] === node) disconnect(c);
      }
      activations.splice(node - INPUTS.length, 1);
      for (const ends of [sources, targets]) {
        ends.forEach((end, c) => {
          if (end > node) ends[c] = end - 1;
        });
      }
    },
  };
}

/** The genome that a draft of `parent` has become. */
export function genomeOf(parent: CppnGenome, draft: CppnDraft): CppnGenome {
  return {
    ...parent,
    activations: Uint8Array.from(draft.activations),
    sources: Uint16Array.from(draft.sources),
    targets: Uint16Array.from(draft.targets),
    weights: Float32Array.from(draft.weights),
  };
}
