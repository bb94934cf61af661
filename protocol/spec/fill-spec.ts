import { DEFAULT_LAYERS } from '../encodings/layers-spec.js';
import { encodingOf } from '../encodings/lookup.js';
import { PAPER_MUTATION } from '../encodings/mutation-spec.js';
import { AUDIT_DEFAULTS } from './audit-spec.js';
import { checkEmitters } from './check-emitters.js';
import { CONSTRAINT_DEFAULTS } from './constraint-spec.js';
import { GRADIENT_COST, GRADIENT_DEFAULTS, MOST_VISITS } from './gradient-spec.js';
import { OBJECTIVE_DEFAULTS } from './objective-spec.js';
import { PRESETS } from './presets.js';
import { checkSpec, type RunSpec, type RunSpecInput } from './run-spec.js';

/** What the spec has to know of the model to fill in its defaults. */
export interface ModelFacts {
  readonly digest: string;
  /** Of the further networks that the input names, in its order. */
  readonly otherDigests?: readonly string[];
  readonly classes: number;
  readonly side: number;
  readonly channels: 1 | 3;
  /** {@link Classifier.batch}: what suits the engine and device. */
  readonly batch: number;
}

/** Networks this small draw on a canvas of their own size, as MNIST does in the paper; all others on 256. */
const SMALL_SIDE = 64;

/**
 * Fills every default in. `input` has passed {@link runSpecInputSchema}. Throws a {@link BadInputError} where an emitter
 * cannot serve the encoding.
 */
export function fillSpec(
  input: RunSpecInput & { name: string; seed: number; model: string },
  facts: ModelFacts,
): RunSpec {
  const preset = input.preset ?? 'default';
  const { insertion, skipNeutral, ...given } = PRESETS[preset];
  const encoding = input.encoding ?? given.encoding;
  const views = input.views ?? 'single';
  const small = facts.side <= SMALL_SIDE;
  const islands = input.islands ?? 1;
  const defaults = encodingOf(encoding).format.defaults({ side: facts.side, small, views });
  // Islands share a generation: together they evaluate as many images between two insertions as the paper's population.
  const size = Math.ceil(defaults.generation / islands);
  const budget = { evaluations: 0, cost: 0, minutes: 0, targetMedian: 0, ...input.budget };
  if (Object.values(budget).every((limit) => limit === 0)) {
    // PAPER, ImageNet: 400 random images, then 5,001 generations of 400.
    budget.evaluations = small ? 100_000 : 400 + 400 * 5001;
  }
  const { layers, mutation, gradient, constraints, ...evolution } = input.evolution ?? {};
  const emitters = evolution.emitters ?? [...given.emitters];
  const spec = checkSpec({
    name: input.name,
    seed: input.seed,
    model: input.model,
    modelDigest: facts.digest,
    objective: { ...OBJECTIVE_DEFAULTS, ...input.objective, digests: facts.otherDigests ?? [] },
    engine: input.engine ?? 'onnx',
    device: input.device ?? 'cpu',
    encoding,
    preset,
    views,
    classes: facts.classes,
    canvas: defaults.canvas,
    channels: facts.channels,
    islands,
    batch: input.batch ?? (emitters.includes('gradient') ? Math.min(facts.batch, MOST_VISITS) : facts.batch),
    evolution: {
      emitters,
      gradientCost: GRADIENT_COST,
      initial: size,
      generation: size,
      parents: 'uniform',
      insertion,
      skipNeutral,
      ...evolution,
      gradient: { ...GRADIENT_DEFAULTS, ...gradient },
      constraints: { ...CONSTRAINT_DEFAULTS, ...constraints },
      layers: { ...DEFAULT_LAYERS, ...layers },
      mutation: { ...PAPER_MUTATION, ...defaults.mutation, ...mutation },
    },
    budget,
    // An elite that the next one supersedes is not worth sending: an island that shows its network one image at a time
    // would send a message to every other at each evaluation.
    migration: { topology: 'full', interval: defaults.interval, ...input.migration },
    audit: { ...AUDIT_DEFAULTS, ...input.audit },
  });
  checkEmitters(spec);
  return spec;
}
