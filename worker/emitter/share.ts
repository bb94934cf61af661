import type { EmitterShare } from '../../protocol/wire/emitter-share.js';
import type { Outcome } from './emitter.js';

/** What became of some offspring, together; random ones, which have no parent, belong to no emitter. */
export function shareIn(outcomes: readonly Outcome[]): EmitterShare {
  let [evaluations, cost, improvement] = [0, 0, 0];
  for (const outcome of outcomes) {
    if (outcome.offspring.parent === undefined) continue;
    evaluations++;
    cost += outcome.cost;
    improvement += outcome.improvement;
  }
  return { evaluations, cost, improvement };
}
