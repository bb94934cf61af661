import { BadInputError } from '../protocol/base/errors.js';
import type { Drawer } from '../protocol/drawing/drawer.js';
import type { RunSpec } from '../protocol/spec/run-spec.js';
import type { Classifier } from './classifier/classifier.js';
import { createDrawnScorer } from './drawn-scorer.js';
import { createDenseScorer, drawnByEngine } from './onnx/dense/dense-scorer.js';
import type { Scorer } from './scorer.js';

type ScoredSpec = Pick<RunSpec, 'encoding' | 'views' | 'evolution' | 'channels'>;

/**
 * The scorer of an island. Throws a {@link BadInputError} (`ERR_EMITTER`) where the emitters of its spec need gradients, and the
 * engine has none of its network; that the encoding has none was found when the spec was made (protocol/spec/check-emitters.ts).
 */
export function scorerFor(
  spec: ScoredSpec,
  parts: {
    readonly drawer: Drawer;
    readonly classifier: Classifier;
    /** Seconds, monotone; only measures. */
    readonly clock: () => number;
  },
): Scorer {
  const { smooth, decay } = spec.evolution.gradient;
  const prior = smooth > 0 || decay > 0 ? { smooth, decay } : undefined;
  const drawn = createDrawnScorer({
    ...parts,
    views: spec.views,
    encoding: spec.encoding,
    ...(prior && { prior }),
  });
  if (prior && drawn.gradient) return drawn;
  const scorer = withEngineGradients(drawn, spec, parts);
  if (spec.evolution.emitters.includes('gradient') && scorer.gradient === undefined) {
    throw new BadInputError({
      code: 'ERR_EMITTER',
      problem: `the emitter gradient needs gradients, which the engine ${parts.classifier.engine} does not give of the encoding ${spec.encoding}`,
      fix: 'Leave gradient out of evolution.emitters, or choose another engine or encoding',
    });
  }
  return scorer;
}

/**
 * The scorer with the gradients that the engine gives where it draws the genomes itself, on a GPU or where there are no
 * others: there no pixel need cross. On a CPU the kernel draws, and pulls gradients back, in less time
 * (ops/docs/search.md). Confidences stay those of the kernel's pictures, which are what is exported and verified; the engine's
 * own drawing may differ in single bytes.
 */
function withEngineGradients(
  drawn: Scorer,
  spec: ScoredSpec,
  { classifier, clock }: { readonly classifier: Classifier; readonly clock: () => number },
): Scorer {
  const shape = drawnByEngine(spec, classifier);
  if (shape === undefined) return drawn;
  if (classifier.device === 'cpu' && drawn.gradient !== undefined) return drawn;
  const engine = createDenseScorer({ classifier, shape, clock });
  return {
    classes: drawn.classes,
    score: drawn.score,
    async gradient(genomes, classIds) {
      const { gradients } = await engine.gradient(genomes, classIds);
      return { confidences: await drawn.score(genomes), gradients };
    },
    get spent() {
      const { render, classify } = drawn.spent;
      return { render, classify: classify + engine.spent.classify };
    },
  };
}
