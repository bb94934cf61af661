import {
  ACTIVATIONS,
  activationOf,
  type DenseGenome,
  INPUTS,
  layersOf,
} from '../../../../protocol/encodings/dense/genome.js';
import { deviationOf } from '../../../../protocol/encodings/dense/variation.js';
import { numberOf } from '../../../../protocol/encodings/operators/half.js';
import { layOutDense } from './dense-layout.js';
import { denseNodeGenome } from './dense-node-genome.js';
import type { Edge, GraphModel, GraphNode } from './graph-model.js';

/** Of the connections into a node so many are always drawn: the strongest. A thousand together are a grey ground. */
const ALWAYS = 2;

/** A weight of so many standard deviations of its layer's random weights has the greatest width. */
const STRONGEST = 4;

/** Terms of a sum that are written out. */
const TERMS = 6;

const COLOURS = { 1: ['grey'], 3: ['red', 'green', 'blue'] } as const;

/** A dense genome as layers. */
export function denseModel(genome: DenseGenome): GraphModel {
  const names = namesOf(genome);
  const edges = edgesOf(genome);
  return {
    nodes: names.map((name, node) => nodeOf(genome, node, name, edges, names)),
    layout: layOutDense(genome, edges),
    nodeGenome: (node) => denseNodeGenome(genome, node),
    remark: '',
    legend:
      'In each node: what it alone draws, black where it is −1, grey where it is 0, white where it is 1. Drawn are the two ' +
      'strongest connections into each node, and all of the node that you point at.',
  };
}

/** Inputs, the units of all hidden layers, outputs. A unit's sum is of the inputs and one layer, so that numbers tell those apart. */
function namesOf({ channels, layers, width }: DenseGenome): readonly string[] {
  const hidden = Array.from({ length: layers * width }, (_, i) => `unit ${(i % width) + 1}`);
  return [...INPUTS, ...hidden, ...COLOURS[channels]];
}

/** All connections, by target. */
function edgesOf(genome: DenseGenome): readonly Edge[] {
  const inputs = INPUTS.length;
  return layersOf(genome).flatMap((layer, l) =>
    Array.from({ length: layer.units }, (_, unit) => {
      const first = layer.first + unit * layer.fanIn;
      const weights = Array.from(genome.weights.subarray(first, first + layer.fanIn), numberOf);
      const strongest = new Set(byStrength(weights).slice(0, ALWAYS));
      return weights.map((weight, k): Edge => {
        const before = inputs + (l - 1) * genome.width;
        return {
          source: k < inputs ? k : before + k - inputs,
          target: inputs + l * genome.width + unit,
          weight,
          strength: Math.min(1, Math.abs(weight) / (STRONGEST * deviationOf(layer))),
          always: strongest.has(k),
        };
      });
    }).flat(),
  );
}

function nodeOf(
  { layers, width }: DenseGenome,
  node: number,
  name: string,
  edges: readonly Edge[],
  names: readonly string[],
): GraphNode {
  const own = node - INPUTS.length;
  if (own < 0) return { kind: 'input', name, label: name, activation: '', formula: '' };
  const formula = formulaOf(
    edges.filter(({ target }) => target === node),
    names,
  );
  if (own >= layers * width) return { kind: 'output', name, label: name, activation: 'logistic', formula };
  const activation = ACTIVATIONS[activationOf(own % width, width)] ?? '';
  const layer = Math.floor(own / width) + 1;
  return { kind: 'hidden', name: `${name} of layer ${layer}`, label: '', activation, formula };
}

/** The strongest terms of a sum, and how many there are besides. */
function formulaOf(edges: readonly Edge[], names: readonly string[]): string {
  const terms = byStrength(edges.map(({ weight }) => weight))
    .slice(0, TERMS)
    .map((k, i) => {
      const { weight, source } = edges[k] ?? { weight: 0, source: 0 };
      const sign = weight < 0 ? '− ' : i > 0 ? '+ ' : '';
      return `${sign}${Math.abs(weight).toFixed(2)} ${names[source]}`;
    });
  const others = edges.length - terms.length;
  return others > 0 ? `${terms.join(' ')} and ${others} weaker` : terms.join(' ');
}

/** Places of weights, the strongest first. */
function byStrength(weights: readonly number[]): number[] {
  return [...weights.keys()].sort((a, b) => Math.abs(weights[b] ?? 0) - Math.abs(weights[a] ?? 0));
}
