import type { Genome } from '../../../../protocol/encodings/genome.js';

/** A graph as the page shows it. */
export interface GraphModel {
  /** By their numbers; {@link GraphLayout.nodes} runs in parallel. */
  readonly nodes: readonly GraphNode[];
  readonly layout: GraphLayout;
  /** A genome that draws one node alone. */
  nodeGenome(node: number): Genome;
  /** What else there is to say of the graph as a whole; '' for nothing. */
  readonly remark: string;
  /** What the picture in a node shows, and which connections are there. */
  readonly legend: string;
}

/** What is said of a node. */
export interface GraphNode {
  readonly kind: 'input' | 'hidden' | 'output';
  readonly name: string;
  /** What stands under it; '' for nothing. */
  readonly label: string;
  /** '' for inputs. */
  readonly activation: string;
  /** The sum that it takes: `1.20 x − 0.31 node 7`. */
  readonly formula: string;
}

/** A graph drawn in layers, from the inputs on the left to the outputs on the right. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly { readonly x: number; readonly y: number }[];
  readonly edges: readonly Edge[];
  /** What stands over groups of nodes. */
  readonly labels: readonly { readonly x: number; readonly y: number; readonly text: string }[];
}

export interface Edge {
  readonly source: number;
  readonly target: number;
  readonly weight: number;
  /** How strong it is for one of its kind, 0 … 1: its width. */
  readonly strength: number;
  /** Drawn where neither of its nodes is chosen, too. */
  readonly always: boolean;
}
