import type { RandomStream } from '../../base/random.js';
import { standardNormal } from '../../base/standard-normal.js';
import type { Breeding, Variation } from '../encoding.js';
import { numberOf } from '../operators/half.js';
import { polynomialDelta } from '../operators/polynomial.js';
import { shapeIn } from './format.js';
import { type DenseGenome, type DenseShape, type Layer, layersOf, weightCount } from './genome.js';
import { storable } from './parameters.js';

/** Polynomial mutation steps over a range: here of so many standard deviations of a layer's random weights. */
const SPAN = 6;

/** Standard deviation of a step along the line to a mate, in parts of its length (Vassiliades and Mouret 2018). */
const LINE = 0.2;

/** Where dense genomes come from. */
export const DENSE_VARIATION: Variation<DenseGenome> = {
  crosses: true,
  random: (run, random) => randomDense(shapeIn(run), random),
  child: mutateDense,
  // That no weight of hundreds changes is too rare to look for.
  likeness: () => undefined,
  memory: () => undefined,
};

/** Standard deviation of a layer's random weights: 6 for the first, 2.25 / √fan-in for those after it, 2 / √fan-in for the outputs. */
export function deviationOf({ kind, first, fanIn }: Layer): number {
  if (first === 0) return 6;
  return (kind === 'hidden' ? 2.25 : 2) / Math.sqrt(fanIn);
}

/** Weights from a normal distribution, layer by layer. */
export function randomDense(shape: DenseShape, random: RandomStream): DenseGenome {
  const weights = new Uint16Array(weightCount(shape));
  for (const layer of layersOf(shape)) {
    const deviation = deviationOf(layer);
    const end = layer.first + layer.units * layer.fanIn;
    for (let i = layer.first; i < end; i++) weights[i] = storable(deviation * standardNormal(random));
  }
  return { encoding: 'dense', ...shape, weights };
}

/**
 * A child of a valid genome, itself valid. With a mate, all weights first go along the line to the mate's, by N(0, 0.2²)
 * of the way. Then each weight is changed with `rate`, by a step of polynomial mutation of index `eta` in its layer's scale.
 */
export function mutateDense(
  parent: DenseGenome,
  { mutation: { rate, eta }, random, mate }: Breeding<DenseGenome>,
): DenseGenome {
  const weights = mate ? alongLine(parent, mate, LINE * standardNormal(random)) : parent.weights.slice();
  for (const layer of layersOf(parent)) {
    const span = SPAN * deviationOf(layer);
    const end = layer.first + layer.units * layer.fanIn;
    for (let i = layer.first; i < end; i++) {
      if (!random.chance(rate)) continue;
      const step = span * polynomialDelta(random.uniform(), eta);
      weights[i] = storable(numberOf(weights[i] as number) + step);
    }
  }
  return { ...parent, weights };
}

function alongLine({ weights }: DenseGenome, mate: DenseGenome, part: number): Uint16Array {
  return weights.map((weight, i) => {
    const from = numberOf(weight);
    return storable(from + part * (numberOf(mate.weights[i] as number) - from));
  });
}
