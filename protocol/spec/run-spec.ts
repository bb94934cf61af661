import { z } from 'zod';
import { BadInputError } from '../base/errors.js';
import { describeIssue } from '../base/issue.js';
import { DEFAULT_LAYERS, layersSchema } from '../encodings/layers-spec.js';
import { mutationSchema } from '../encodings/mutation-spec.js';
import { ENCODING_NAMES } from '../encodings/names.js';
import { AUDIT_DEFAULTS, auditSchema } from './audit-spec.js';
import { CONSTRAINT_DEFAULTS, constraintSchema } from './constraint-spec.js';
import { EMITTER_NAMES } from './emitter-names.js';
import { ENGINE_NAMES } from './engine-names.js';
import { fullGradientSchema, GRADIENT_COST, GRADIENT_DEFAULTS, gradientSchema } from './gradient-spec.js';
import { fullMigrationSchema, migrationSchema } from './migration-spec.js';
import { OBJECTIVE_DEFAULTS, objectiveSchema } from './objective-spec.js';
import { PRESET_NAMES } from './presets.js';
import { currentValue } from './renamed-values.js';
import { RUN_NAME, RUN_NAME_RULE } from './run-name.js';

/**
 * The spec of a run: what `run.yaml` holds, what the coordinator hands to every island.
 * Unknown keys are errors. fill-spec.ts fills every default in, so that a stored spec hides nothing.
 */

const count = z.int().min(1);

const evolutionSchema = z.strictObject({
  /** Where offspring come from; of several, a bandit chooses. */
  emitters: z
    .array(z.enum(EMITTER_NAMES))
    .min(1)
    .refine((names) => new Set(names).size === names.length, 'must be a list that names each emitter once'),
  gradient: gradientSchema,
  /** Forward passes that an evaluation with a gradient counts as. */
  gradientCost: z.int().min(1).max(1000),
  /** Views of an image under which its confidence has to hold. */
  constraints: constraintSchema,
  /** Random genomes that an island starts with. */
  initial: count.max(1_000_000),
  /** Offspring per generation of an island. */
  generation: count.max(1_000_000),
  /** How parents are drawn from the archive: see worker/emitter/selection.ts. */
  parents: z.enum(['uniform', 'weaker-of-two']),
  /** `generation`: all offspring are evaluated, then inserted. `steady-state`: each batch is inserted at once. */
  insertion: z.preprocess(
    (value) => currentValue('evolution.insertion', value),
    z.enum(['generation', 'steady-state']),
  ),
  /** Skip (undrawn, uncounted) an offspring whose expressed graph equals its parent's. */
  skipNeutral: z.boolean(),
  /** Of dense genomes. Runs of an earlier Atoll name none. */
  layers: layersSchema.default(DEFAULT_LAYERS),
  mutation: mutationSchema,
});

/** Runs of an earlier Atoll lack some keys, and did as is filled in for them here. */
const fullEvolutionSchema = evolutionSchema.extend({
  emitters: evolutionSchema.shape.emitters.default(['mutation']),
  gradient: fullGradientSchema.default(GRADIENT_DEFAULTS),
  gradientCost: evolutionSchema.shape.gradientCost.default(GRADIENT_COST),
  constraints: constraintSchema.default(CONSTRAINT_DEFAULTS),
});

const budgetSchema = z.strictObject({
  /** Evaluations of all islands together; 0: no limit. */
  evaluations: z.int().min(0),
  /** Forward passes of all islands together, as forward-passes.ts counts them; 0: no limit. */
  cost: z.int().min(0),
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
  /** A run of an earlier Atoll has its model alone. */
  objective: objectiveSchema.default(OBJECTIVE_DEFAULTS),
  engine: z.enum(ENGINE_NAMES),
  device: z.string().min(1),
  encoding: z.enum(ENCODING_NAMES),
  preset: z.enum(PRESET_NAMES),
  views: z.enum(['single', 'ten-crop']),
  classes: count,
  /** Side of the canonical grid. */
  canvas: z.int().min(1).max(4096),
  /** Channels of a genome: 1 grey, 3 hue-lightness-saturation (`dense`: red-green-blue). */
  channels: z.union([z.literal(1), z.literal(3)]),
  islands: count.max(1024),
  /** Images classified in one call. */
  batch: count.max(65_536),
  evolution: fullEvolutionSchema,
  /** A run of an earlier Atoll has no limit of its cost. */
  budget: budgetSchema.extend({ cost: budgetSchema.shape.cost.default(0) }),
  migration: fullMigrationSchema,
  /** A run of an earlier Atoll has none, and is audited from its next start on. */
  audit: auditSchema.default(AUDIT_DEFAULTS),
});

export type RunSpec = z.infer<typeof runSpecSchema>;

/** A person's part of the spec, from a YAML file or flags: any keys except those that the model itself gives. */
export const runSpecInputSchema = z.strictObject({
  ...runSpecSchema.omit({ modelDigest: true, classes: true, canvas: true, channels: true }).partial().shape,
  evolution: evolutionSchema
    .extend({
      gradient: gradientSchema.partial(),
      constraints: constraintSchema.partial(),
      layers: layersSchema.partial(),
      mutation: mutationSchema.partial(),
    })
    .partial()
    .optional(),
  objective: objectiveSchema.omit({ digests: true }).partial().optional(),
  budget: budgetSchema.partial().optional(),
  migration: migrationSchema.partial().optional(),
  audit: auditSchema.partial().optional(),
});

export type RunSpecInput = z.infer<typeof runSpecInputSchema>;

/** A spec from outside, checked; throws a {@link BadInputError} that names the first key that is wrong. */
export function checkSpec(value: unknown): RunSpec {
  return check(runSpecSchema, value, 'the run spec');
}

/** A person's part of a spec, checked; throws a {@link BadInputError} that names the first key that is wrong. */
export function checkSpecInput(value: unknown): RunSpecInput {
  return check(runSpecInputSchema, value, 'the run spec');
}

function check<T>(schema: z.ZodType<T>, given: unknown, what: string): T {
  const value = withEmitters(given);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new BadInputError({
    code: 'ERR_SPEC',
    problem: describeIssue(result.error, value, what),
    fix: 'Correct it; ops/docs/spec.md lists all keys',
  });
}

/** An earlier Atoll had one emitter, under the key `evolution.emitter`. */
function withEmitters(spec: unknown): unknown {
  const { success, data } = olderSchema.safeParse(spec);
  if (!success) return spec;
  const { emitter, ...evolution } = data.evolution;
  return 'emitters' in evolution ? spec : { ...data, evolution: { ...evolution, emitters: [emitter] } };
}

const olderSchema = z.looseObject({ evolution: z.looseObject({ emitter: z.string() }) });
