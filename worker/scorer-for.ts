import { BadInputError } from '../protocol/base/errors.js';
import type { Drawer } from '../protocol/drawing/drawer.js';
import type { RunSpec } from '../protocol/spec/run-spec.js';
import type { Classifier } from './classifier/classifier.js';
import { createDrawnScorer } from './drawn-scorer.js';
import type { Scorer } from './scorer.js';

/**
 * The scorer of an island. Throws a {@link BadInputError} (`ERR_EMITTER`) where the emitters of its spec need gradients that
 * nothing gives here.
 */
export function scorerFor(
  spec: Pick<RunSpec, 'encoding' | 'views' | 'evolution'>,
  parts: {
    readonly drawer: Drawer;
    readonly classifier: Classifier;
    /** Seconds, monotone; only measures. */
    readonly clock: () => number;
  },
): Scorer {
  const scorer = createDrawnScorer({ ...parts, views: spec.views });
  if (spec.evolution.emitters.includes('gradient') && scorer.gradient === undefined) {
    throw new BadInputError({
      code: 'ERR_EMITTER',
      problem: `the emitter gradient needs gradients, which the engine ${parts.classifier.engine} does not give of the encoding ${spec.encoding}`,
      fix: 'Leave gradient out of evolution.emitters, or choose another engine or encoding',
    });
  }
  return scorer;
}
