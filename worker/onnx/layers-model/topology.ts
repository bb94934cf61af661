import { z } from 'zod';
import { BadInputError } from '../../../protocol/errors.js';

/** One output of one call of a layer: layers can be shared, so that each has a list of calls. */
export interface TensorRef {
  readonly layer: string;
  readonly call: number;
}

export interface Layer {
  readonly name: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** What each call of the layer takes. */
  readonly calls: readonly (readonly TensorRef[])[];
  /** The number that references give to the first of these calls. */
  readonly firstCall: number;
}

/** Keras's two kinds of model, as one: layers that name what they are called on. */
export interface Network {
  readonly name: string;
  readonly layers: ReadonlyMap<string, Layer>;
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorRef[];
}

const configSchema = z.record(z.string(), z.unknown());
/** [layer, call, output, arguments]; arguments come with what Keras writes of calls, and must be none. */
const refSchema = z.union([
  z.tuple([z.string(), z.int().min(0), z.literal(0)]),
  z.tuple([z.string(), z.int().min(0), z.literal(0), z.strictObject({})]),
]);
const layerSchema = z.object({ class_name: z.string(), config: configSchema });
const functionalLayerSchema = layerSchema.extend({
  name: z.string(),
  inbound_nodes: z.array(z.array(refSchema)),
});
const functionalSchema = z.object({
  name: z.string().default('model'),
  layers: z.array(functionalLayerSchema),
  input_layers: z.union([z.array(refSchema), refSchema.transform((ref) => [ref])]),
  output_layers: z.union([z.array(refSchema), refSchema.transform((ref) => [ref])]),
});
const sequentialSchema = z.union([
  z.array(layerSchema).transform((layers) => ({ name: 'sequential', layers })),
  z.object({ name: z.string().default('sequential'), layers: z.array(layerSchema) }),
]);
const classSchema = z.object({ class_name: z.string(), config: z.unknown() });
const topologySchema = z.union([
  z.object({ model_config: classSchema }).transform(({ model_config: config }) => config),
  classSchema,
]);

/** Whether a layer of this class is a model itself. */
export function isNetwork(className: string): boolean {
  return className === 'Sequential' || className === 'Functional' || className === 'Model';
}

/** The network of a layers model's `modelTopology`; throws a {@link BadInputError} when it is not one of Keras's. */
export function readTopology(topology: unknown): Network {
  const { class_name: className, config } = parse(topologySchema, topology, 'modelTopology');
  if (!isNetwork(className)) throw broken('a Sequential, Functional or Model topology', className);
  return readNetwork(className, config);
}

/** The network of a class for which {@link isNetwork} holds. */
export function readNetwork(className: string, config: unknown): Network {
  return className === 'Sequential' ? readSequential(config) : readFunctional(config);
}

function readFunctional(config: unknown): Network {
  const {
    name,
    layers,
    input_layers: inputs,
    output_layers: outputs,
  } = parse(functionalSchema, config, 'config');
  const read = layers.map((layer): [string, Layer] => [
    layer.name,
    {
      name: layer.name,
      className: layer.class_name,
      config: layer.config,
      calls: layer.inbound_nodes.map((refs) => refs.map(refOf)),
      firstCall: firstCallOf(layer.class_name, layer.config),
    },
  ]);
  return { name, layers: new Map(read), inputs: inputs.map(refOf), outputs: outputs.map(refOf) };
}

/** A chain, which starts at an input layer of its own or at one that stands for its first layer's input shape. */
function readSequential(config: unknown): Network {
  const { name, layers } = parse(sequentialSchema, config, 'config');
  const [first] = layers;
  if (first === undefined) throw broken('a Sequential model with layers', 'none');
  const start =
    first.class_name === 'InputLayer'
      ? []
      : [{ class_name: 'InputLayer', config: { name: `${name}_input`, ...inputShape(first.config) } }];
  const read = new Map<string, Layer>();
  let last: TensorRef | undefined;
  for (const [i, layer] of [...start, ...layers].entries()) {
    const layerName = typeof layer.config.name === 'string' ? layer.config.name : `layer_${i}`;
    if (read.has(layerName)) throw broken('layers of different names', `two layers "${layerName}"`);
    const calls = last === undefined ? [] : [[last]];
    read.set(layerName, {
      name: layerName,
      className: layer.class_name,
      config: layer.config,
      calls,
      firstCall: 0,
    });
    last = { layer: layerName, call: 0 };
  }
  const [head] = read.keys();
  if (head === undefined || last === undefined) throw broken('a Sequential model with layers', 'none');
  return { name, layers: read, inputs: [{ layer: head, call: 0 }], outputs: [last] };
}

/** A model within a model has no shape of its own: it is its first layer's that counts. */
function inputShape(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shape = config.batch_input_shape;
  return shape === undefined ? {} : { batch_input_shape: shape };
}

/**
 * A model within a model was called once on its own input, before any call that its surroundings know of, unless it is
 * a Sequential that waits to be told its shape.
 */
function firstCallOf(className: string, config: unknown): 0 | 1 {
  if (!isNetwork(className)) return 0;
  if (className !== 'Sequential') return 1;
  const [first] = parse(sequentialSchema, config, 'config').layers;
  return first?.class_name === 'InputLayer' || first?.config.batch_input_shape !== undefined ? 1 : 0;
}

function refOf([layer, call]: z.output<typeof refSchema>): TensorRef {
  return { layer, call };
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = [what, ...(issue?.path ?? [])].join('.');
  throw broken(
    'a Keras topology in model.json',
    `${path}: ${issue?.message ?? 'something else'}`,
    result.error,
  );
}

function broken(expected: string, got: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_MODEL_FILE',
    expected,
    got,
    fix: 'export the model again as a TensorFlow.js layers model, or run it with --engine tensorflow',
    cause,
  });
}
