import { z } from 'zod';

/** One output of one call of a layer: layers can be shared, so that each has a list of calls. */
export interface TensorRef {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

/** An argument of a layer's call: a tensor, or a constant as the topology has it. */
export type Argument = { readonly ref: TensorRef } | { readonly constant: unknown };

export interface Call {
  readonly positional: readonly Argument[];
  readonly named: Readonly<Record<string, Argument>>;
}

const index = z.int().min(0);

/** [layer, call, output], and the arguments by name where it stands for a call. */
export const refSchema = z
  .tuple([z.string(), index, index], z.unknown())
  .transform(([layer, call, output]): TensorRef => ({ layer, call, output }));

/** A tensor as Keras 3 writes it. */
const kerasTensorSchema = z
  .looseObject({
    class_name: z.literal('__keras_tensor__'),
    config: z.looseObject({ keras_history: refSchema }),
  })
  .transform(({ config }) => config.keras_history);

const namedSchema = z.record(z.string(), z.unknown());
/** `_CONSTANT_VALUE` stands for an argument that is no tensor. */
const constantSchema = z.tuple([z.literal('_CONSTANT_VALUE'), z.int(), z.unknown()], z.unknown());
const oldEntrySchema = z.union([constantSchema, z.tuple([z.string(), index, index], z.unknown())]);
const keras3Schema = z.object({ args: z.array(z.unknown()), kwargs: namedSchema.default({}) });
/** A call on several tensors is a list of them; operators that are called on one stand without. */
const callSchema = z.union([
  keras3Schema.transform(
    ({ args, kwargs }): Call => ({
      positional: args.flatMap(keras3Arguments),
      named: namedOf(kwargs, keras3Argument),
    }),
  ),
  oldEntrySchema.transform((entry) => oldCall([entry])),
  z.array(oldEntrySchema).transform(oldCall),
  // A call that cannot be read belongs to a layer that is not converted; the error comes where that layer is met.
  z.unknown().transform((): Call => ({ positional: [], named: {} })),
]);

/** The calls of a layer in a functional model, `inbound_nodes`. */
export const callsSchema = z.array(callSchema);

/** The tensors that a call takes; a layer may be given its input by name, too. */
export function refsOf({ positional, named }: Call): TensorRef[] {
  const refs = [...positional, ...Object.values(named)].flatMap((each) => ('ref' in each ? [each.ref] : []));
  return refs;
}

function oldCall(entries: readonly z.output<typeof oldEntrySchema>[]): Call {
  const named = namedSchema.safeParse(entries[0]?.[3]).data ?? {};
  return {
    positional: entries.map(([layer, call, output]) =>
      layer === '_CONSTANT_VALUE' ? { constant: output } : { ref: { layer, call, output: Number(output) } },
    ),
    named: namedOf(named, oldArgument),
  };
}

/** A tensor among the arguments by name is a reference without arguments. */
function oldArgument(value: unknown): Argument {
  const ref = z.tuple([z.string(), index, index]).safeParse(value).data;
  return ref === undefined ? { constant: value } : { ref: { layer: ref[0], call: ref[1], output: ref[2] } };
}

function keras3Argument(value: unknown): Argument {
  const ref = kerasTensorSchema.safeParse(value).data;
  return ref === undefined ? { constant: value } : { ref };
}

/** A list of tensors is as many arguments. */
function keras3Arguments(value: unknown): Argument[] {
  const tensors = z.array(kerasTensorSchema).min(1).safeParse(value).data;
  return tensors === undefined ? [keras3Argument(value)] : tensors.map((ref) => ({ ref }));
}

function namedOf(
  values: Readonly<Record<string, unknown>>,
  argument: (value: unknown) => Argument,
): Record<string, Argument> {
  const entries = Object.entries(values).filter(([name, value]) => name !== 'mask' && value !== null);
  return Object.fromEntries(entries.map(([name, value]) => [name, argument(value)]));
}
