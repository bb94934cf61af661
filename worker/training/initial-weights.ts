import type { RandomStream } from '../../protocol/base/random.js';
import { type NetworkPlan, weightShapes } from './network-plan.js';

/** Weights that training starts from: He-uniform (He et al. 2015), ±√(6 / fanIn); shifts 0 and scales 1. */
export function initialWeights(plan: NetworkPlan, random: RandomStream): Float32Array[] {
  return weightShapes(plan).map(({ dims, fanIn, start }) => {
    const values = new Float32Array(dims.reduce((product, size) => product * size, 1));
    if (fanIn === 0) return values.fill(start);
    const limit = Math.sqrt(6 / fanIn);
    return values.map(() => (2 * random.uniform() - 1) * limit);
  });
}
