import type { RandomStream } from '../../protocol/base/random.js';

/** 0 … count−1 in random order (Fisher and Yates). */
export function randomOrder(count: number, random: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}
