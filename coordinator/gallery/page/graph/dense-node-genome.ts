import { type DenseGenome, INPUTS, layersOf } from '../../../../protocol/encodings/dense/genome.js';
import { halfOf } from '../../../../protocol/encodings/operators/half.js';

/** Through a logistic output a value times this runs from 5 to 250 where it runs from −1 to 1. */
const CLEAR = halfOf(4);

/**
 * A dense genome that draws one node of another alone, in grey: black where it is −1, white where it is 1. An output draws
 * what it gives to its colour.
 */
export function denseNodeGenome(genome: DenseGenome, node: number): DenseGenome {
  const { encoding, layers, width, weights } = genome;
  const inputs = INPUTS.length;
  const unit = node - inputs - layers * width;
  const all = layersOf(genome);
  if (unit >= 0) {
    const { first = 0, fanIn = 0 } = all.at(-1) ?? {};
    const own = weights.subarray(first + unit * fanIn, first + (unit + 1) * fanIn);
    return {
      encoding,
      channels: 1,
      layers,
      width,
      weights: Uint16Array.of(...weights.subarray(0, first), ...own),
    };
  }
  // Layers after the node's own are left out. An input has none: it passes the first by.
  const depth = node < inputs ? 1 : 1 + Math.floor((node - inputs) / width);
  const output = new Uint16Array(inputs + width);
  output[node < inputs ? node : inputs + ((node - inputs) % width)] = CLEAR;
  const kept = weights.subarray(0, all[depth]?.first);
  return { encoding, channels: 1, layers: depth, width, weights: Uint16Array.of(...kept, ...output) };
}
