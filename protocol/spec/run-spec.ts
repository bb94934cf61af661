import { z } from 'zod';
import { BadInputError } from '../base/errors.js';
import { describeIssue } from '../base/issue.js';
import { AUDIT_DEFAULTS, auditSchema } from './audit-spec.js';
import { EMITTER_NAMES } from './emitter-names.js';
import { fullMigrationSchema, migrationSchema } from './migration-spec.js';
import { RUN_NAME, RUN_NAME_RULE } from './run-name.js';

/**
 * The spec of a run: what `run.yaml` holds, what the coordinator hands to every island.
 * Unknown keys are errors. {@link fillSpec} fills every default in, so that a stored spec hides nothing.
 */

const probability = z.number().min(0).max(1);
const count = z.int().min(1);

const mutationSchema = z.strictObject({
  /** Share of weights (or genes) changed by polynomial mutation. */
  rate: probability,
  /** Distribution index of polynomial mutation: the greater, the smaller the steps. */
  eta: z.number().min(0).max(1000),
  /** cppn: chance that a node's activation is redrawn. */
  activation: probability,
  /** cppn: chances of one structural change each a child. */
  addConnection: probability,
  deleteConnection: probability,
  addNode: probability,
  deleteNode: probability,
  /** direct: the rate halves every so many generations; 0: never. */
  halveEvery: z.int().min(0),
  /** direct: chance that a child is first crossed with a second parent (SBX). */
  crossover: probability,
  /** Distribution index of SBX. */
  crossoverEta: z.number().min(0).max(1000),
});

const evolutionSchema = z.strictObject({
  /** Where offspring come from. Runs of an earlier Atoll name none. */
  emitter: z.enum(EMITTER_NAMES).default('mutation'),
  /** Random genomes that an island starts with. */
  initial: count.max(1_000_000),
  /** Offspring of an island a generation. */
  generation: count.max(1_000_000),
  /** How parents are drawn from the archive: see worker/emitter/selection.ts. */
  parents: z.enum(['uniform', 'weaker-of-two']),
  /** `generation`: all offspring are evaluated, then inserted. `immediate`: each batch is inserted at once. */
  insertion: z.enum(['generation', 'immediate']),
  /** Skip (undrawn, uncounted) an offspring whose expressed graph equals its parent's. */
  skipNeutral: z.boolean(),
  mutation: mutationSchema,
});

const budgetSchema = z.strictObject({
  /** Evaluations of all islands together; 0: no limit. */
  evaluations: z.int().min(0),
  /** Minutes since the run (or its resumption) started; 0: no limit. */
  minutes: z.number().min(0),
  /** Stop when the median best confidence reaches this; 0: never. */
  targetMedian: z.number().min(0).max(1),
});

export const runSpecSchema = z.strictObject({
  /** Also the run directory's name. */
  name: z.string().regex(RUN_NAME, `must be ${RUN_NAME_RULE}`),
  seed: z.int().min(0),
  /** Name of a catalogued model, or a path. */
  model: z.string().min(1),
  /** SHA-256 of the model. */
  modelDigest: z.string().regex(/^[0-9a-f]{64}$/),
  engine: z.enum(['onnx', 'tensorflow']),
  device: z.string().min(1),
  encoding: z.enum(['cppn', 'direct']),
  preset: z.enum(['default', 'paper']),
  views: z.enum(['single', 'ten-crop']),
  classes: count,
  /** Side of the canonical grid. */
  canvas: z.int().min(1).max(4096),
  /** Channels of a genome: 1 grey, 3 hue-lightness-saturation. */
  channels: z.union([z.literal(1), z.literal(3)]),
  islands: count.max(1024),
  /** Images classified in one call. */
  batch: count.max(65_536),
  evolution: evolutionSchema,
  budget: budgetSchema,
  migration: fullMigrationSchema,
  /** A run of an earlier Atoll has none, and is audited from its next start on. */
  audit: auditSchema.default(AUDIT_DEFAULTS),
});

export type RunSpec = z.infer<typeof runSpecSchema>;
export type MutationSpec = RunSpec['evolution']['mutation'];

/** What a person may give, in a YAML file or as flags: any part of the spec but what the model itself says. */
export const runSpecInputSchema = z.strictObject({
  ...runSpecSchema.omit({ modelDigest: true, classes: true, canvas: true, channels: true }).partial().shape,
  evolution: evolutionSchema.extend({ mutation: mutationSchema.partial().optional() }).partial().optional(),
  budget: budgetSchema.partial().optional(),
  migration: migrationSchema.partial().optional(),
  audit: auditSchema.partial().optional(),
});

export type RunSpecInput = z.infer<typeof runSpecInputSchema>;

/** What the spec has to know of the model to fill in its defaults. */
export interface ModelFacts {
  readonly digest: string;
  readonly classes: number;
  readonly side: number;
  readonly channels: 1 | 3;
  /** {@link Classifier.batch}: what suits the engine and device. */
  readonly batch: number;
}

/** The paper's operators (PAPER: polynomial mutation, eta 15; structural chances of the released code). */
export const PAPER_MUTATION: MutationSpec = {
  rate: 0.1,
  eta: 15,
  activation: 0.1,
  addConnection: 0.5,
  deleteConnection: 0.3,
  addNode: 0.5,
  deleteNode: 0.2,
  halveEvery: 1000,
  crossover: 0,
  crossoverEta: 10,
};

/** Networks this small draw on a canvas of their own size, as MNIST does in the paper; all others on 256. */
const SMALL_SIDE = 64;

/** Fills every default in. `input` has passed {@link runSpecInputSchema}. */
export function fillSpec(
  input: RunSpecInput & { name: string; seed: number; model: string },
  facts: ModelFacts,
): RunSpec {
  const encoding = input.encoding ?? 'cppn';
  const preset = input.preset ?? 'default';
  const views = input.views ?? 'single';
  const small = facts.side <= SMALL_SIDE;
  const islands = input.islands ?? 1;
  // PAPER: MNIST and ImageNet direct 200 a generation, ImageNet CPPN 400. Islands share them: together they make as many
  // images between two insertions as the paper's one population.
  const size = Math.ceil((small || encoding === 'direct' ? 200 : 400) / islands);
  // A direct genome under a single view has one gene a network pixel, so that none is wasted.
  const canvas = small || (encoding === 'direct' && views === 'single') ? facts.side : 256;
  const budget = { evaluations: 0, minutes: 0, targetMedian: 0, ...input.budget };
  if (budget.evaluations === 0 && budget.minutes === 0 && budget.targetMedian === 0) {
    // PAPER, ImageNet: 400 random images, then 5,001 generations of 400.
    budget.evaluations = small ? 100_000 : 400 + 400 * 5001;
  }
  const { mutation, ...evolution } = input.evolution ?? {};
  return checkSpec({
    name: input.name,
    seed: input.seed,
    model: input.model,
    modelDigest: facts.digest,
    engine: input.engine ?? 'onnx',
    device: input.device ?? 'cpu',
    encoding,
    preset,
    views,
    classes: facts.classes,
    canvas,
    channels: facts.channels,
    islands,
    batch: input.batch ?? facts.batch,
    evolution: {
      emitter: 'mutation',
      initial: size,
      generation: size,
      parents: 'uniform',
      insertion: preset === 'paper' ? 'generation' : 'immediate',
      skipNeutral: preset !== 'paper',
      ...evolution,
      mutation: { ...PAPER_MUTATION, ...mutation },
    },
    budget,
    // What the next one supersedes is not worth the way: a direct genome is hundreds of kilobytes, and of an island that
    // shows its network one image at a time each evaluation would be a message to every other.
    migration: { topology: 'full', interval: encoding === 'direct' ? 50 : 10, ...input.migration },
    audit: { ...AUDIT_DEFAULTS, ...input.audit },
  });
}

/** A spec from outside, checked; throws a {@link BadInputError} that names the first key that is wrong. */
export function checkSpec(value: unknown): RunSpec {
  return check(runSpecSchema, value, 'the run spec');
}

/** A person's part of a spec, checked; throws a {@link BadInputError} that names the first key that is wrong. */
export function checkSpecInput(value: unknown): RunSpecInput {
  return check(runSpecInputSchema, value, 'the run spec');
}

function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new BadInputError({
    code: 'ERR_SPEC',
    problem: describeIssue(result.error, value, what),
    fix: 'Correct it; the README lists all keys',
  });
}
