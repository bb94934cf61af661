import type { Archive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import type { RandomStream } from '../../protocol/base/random.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';

/** What parents are drawn from: an archive, or one in which guests stand in for some elites that are drawn by `nthFilled`. */
export type ParentPool = Pick<Archive, 'filled' | 'nthFilled' | 'elite' | 'confidences'>;

export type ParentSelection = RunSpec['evolution']['parents'];

/**
 * Draws a parent from a pool that holds at least one elite.
 * - `uniform`: uniformly over the filled cells, so that a genome with k cells is k times as likely (the paper's).
 * - `weaker-of-two`: the one of less confidence of two drawn so: effort goes where least is known. Worse on SqueezeNet;
 *   there for networks on which a few easy classes would take everything.
 */
export function drawParent(
  pool: Pick<ParentPool, 'filled' | 'nthFilled'>,
  selection: ParentSelection,
  random: RandomStream,
): Elite {
  const draw = () => pool.nthFilled(random.below(pool.filled));
  switch (selection) {
    case 'uniform':
      return draw();
    case 'weaker-of-two': {
      const [one, other] = [draw(), draw()];
      return other.confidence < one.confidence ? other : one;
    }
  }
}
