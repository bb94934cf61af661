import type { RealParameters } from '../encoding.js';
import { halfOf, numberOf } from '../operators/half.js';
import { shapeIn } from './format.js';
import { type DenseGenome, layersOf, WEIGHT_RANGE, weightCount } from './genome.js';

/** The weights of a dense genome, in their order, as what is to be optimised. */
export const DENSE_PARAMETERS: RealParameters<DenseGenome> = {
  count: (run) => weightCount(shapeIn(run)),
  read: ({ weights }) => Float32Array.from(weights, numberOf),
  write(values, like) {
    const count = like.weights.length;
    if (values.length !== count) throw new RangeError(`expected ${count} weights, got ${values.length}`);
    return { ...like, weights: Uint16Array.from(values, storable) };
  },
  matrices: (genome) => layersOf(genome).map(({ units, fanIn }) => ({ rows: units, columns: fanIn })),
};

/** The nearest weight that a genome may have, as a half float; 0 for what is no number. */
export function storable(value: number): number {
  if (Number.isNaN(value)) return 0;
  return halfOf(Math.min(WEIGHT_RANGE, Math.max(-WEIGHT_RANGE, value)));
}
