import type { CppnGenome } from '../../../../protocol/encodings/cppn/genome.js';
import { ACTIVATIONS, INPUTS } from '../../../../protocol/encodings/cppn/genome.js';
import {
  activationOf,
  ACTIVATIONS as DENSE_ACTIVATIONS,
  INPUTS as DENSE_INPUTS,
  type DenseGenome,
  layersOf,
} from '../../../../protocol/encodings/dense/genome.js';
import type { Genome } from '../../../../protocol/encodings/genome.js';
import { numberOf } from '../../../../protocol/encodings/operators/half.js';

/** A genome as people read it: nodes and connections by name, layers of units, or pixels as numbers 0 … 65535. */
export function genomeJson(genome: Genome, digest: string): object {
  if (genome.encoding === 'dense') return denseJson(genome, digest);
  if (genome.encoding === 'cppn') return cppnJson(genome, digest);
  const { encoding, width, height, channels, genes } = genome;
  return { encoding, digest, width, height, channels, genes: Array.from(genes) };
}

function cppnJson(genome: CppnGenome, digest: string): object {
  const { encoding, canvas, outputs, activations, sources, targets, weights } = genome;
  const names = outputs === 1 ? ['grey'] : ['hue', 'lightness', 'saturation'];
  return {
    encoding,
    digest,
    canvas,
    nodes: [
      ...INPUTS.map((name, id) => ({ id, kind: 'input', name })),
      ...Array.from(activations, (activation, i) => ({
        id: INPUTS.length + i,
        kind: i < outputs ? 'output' : 'hidden',
        ...(i < outputs && { name: names[i] }),
        activation: ACTIVATIONS[activation],
      })),
    ],
    connections: Array.from(weights, (weight, c) => ({ source: sources[c], target: targets[c], weight })),
  };
}

/** The weights of each unit: of the inputs, then of the units of the layer before. */
function denseJson(genome: DenseGenome, digest: string): object {
  const { encoding, channels, width, weights } = genome;
  const names = channels === 1 ? ['grey'] : ['red', 'green', 'blue'];
  return {
    encoding,
    digest,
    inputs: DENSE_INPUTS,
    layers: layersOf(genome).map(({ kind, units, fanIn, first }) => ({
      kind,
      units: Array.from({ length: units }, (_, unit) => ({
        ...(kind === 'output' && { name: names[unit] }),
        activation: kind === 'output' ? 'logistic' : DENSE_ACTIVATIONS[activationOf(unit, width)],
        weights: Array.from(weights.subarray(first + unit * fanIn, first + (unit + 1) * fanIn), numberOf),
      })),
    })),
  };
}
