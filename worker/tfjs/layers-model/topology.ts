import { z } from 'zod';
import { BadInputError } from '../../../protocol/base/errors.js';
import { type Call, callsSchema, refSchema, refsOf, type TensorRef } from './calls.js';
import { unwrapped } from './unwrapped.js';

export interface Layer {
  /** Its name in Keras; undefined where the topology does not say. */
  readonly name: string | undefined;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Where Keras has its class from: an operation of its own is no layer. */
  readonly module: string;
  readonly calls: readonly Call[];
  /** The number that references give to the first of these calls. */
  readonly firstCall: number;
  /** The model that it is itself. */
  readonly network?: Network | undefined;
}

/** Keras's two kinds of model, as one: layers that name what they are called on. */
export interface Network {
  readonly name: string;
  /** By the names that references have. */
  readonly layers: ReadonlyMap<string, Layer>;
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorRef[];
  /** What a Sequential without an input layer was built for, where it says so. */
  readonly builtFor: unknown;
}

/** A model and the major version of the Keras that wrote it. */
export interface Topology {
  readonly network: Network;
  readonly keras: number;
}

const configSchema = z.record(z.string(), z.unknown());
const layerSchema = z.looseObject({
  class_name: z.string(),
  /** A Sequential's may be a bare list of layers. */
  config: z.union([configSchema, z.array(z.unknown()).transform(configOfList)]).default({}),
  module: z.string().nullish(),
  build_config: z.looseObject({ input_shape: z.unknown().optional() }).nullish(),
});
const functionalLayerSchema = layerSchema.extend({
  name: z.string(),
  inbound_nodes: callsSchema.default([]),
});
/** Keras 3 writes one without a list, and several by name where the model gives them by name. */
const refsSchema = z.union([
  refSchema.transform((ref) => [ref]),
  z.array(refSchema),
  z.record(z.string(), refSchema).transform((refs) => Object.values(refs)),
]);
const functionalSchema = z.looseObject({
  name: z.string().default('model'),
  layers: z.array(functionalLayerSchema),
  input_layers: refsSchema,
  output_layers: refsSchema,
});
const sequentialSchema = z.looseObject({
  name: z.string().default('sequential'),
  layers: z.array(layerSchema).min(1, 'has no layers'),
  build_input_shape: z.unknown().optional(),
});
const versionSchema = z.string().transform((version) => Number.parseInt(version, 10) || 2);
const modelSchema = z.looseObject({ ...layerSchema.shape, keras_version: versionSchema.catch(2) });
const topologySchema = z.union([
  z
    .looseObject({ model_config: modelSchema, keras_version: versionSchema.catch(2) })
    .transform(({ model_config, keras_version }) => ({ ...model_config, keras_version })),
  modelSchema,
]);

function configOfList(layers: unknown[]): z.output<typeof configSchema> {
  return { layers };
}

type LayerJson = z.output<typeof layerSchema>;

/** The network of a layers model's `modelTopology`; throws a {@link BadInputError} when it is not one of Keras's. */
export function readTopology(topology: unknown): Topology {
  const { keras_version: keras, ...json } = parse(topologySchema, unwrapped(topology), 'modelTopology');
  const network = networkOf(json);
  if (network === undefined) {
    throw broken(`The model is of class ${json.class_name}, which is neither Sequential nor Functional`);
  }
  return { network, keras };
}

/** The model that a layer is itself, if it is one. */
function networkOf({ class_name: className, config, build_config: built }: LayerJson): Network | undefined {
  if (className === 'Sequential') return readSequential(config, built?.input_shape);
  return className === 'Functional' || className === 'Model' ? readFunctional(config) : undefined;
}

function readFunctional(config: unknown): Network {
  const { name, layers, input_layers, output_layers } = parse(functionalSchema, config, 'config');
  const read = layers.map((json): [string, Layer] => [
    json.name,
    layerOf({ ...json, config: { ...json.config, name: json.name } }, json.inbound_nodes),
  ]);
  const refs = [...output_layers, ...read.flatMap(([, { calls }]) => calls.flatMap(refsOf))];
  const renumbered = read.map(([key, layer]): [string, Layer] => {
    const numbers = refs.filter((ref) => ref.layer === key).map((ref) => ref.call);
    return [key, { ...layer, firstCall: firstCallOf(layer, numbers) }];
  });
  if (new Set(layers.map((layer) => layer.name)).size < layers.length) {
    throw broken(`Two layers of the model "${name}" have the same name`);
  }
  return {
    name,
    layers: new Map(renumbered),
    inputs: input_layers,
    outputs: output_layers,
    builtFor: undefined,
  };
}

/** A chain, which starts at an input layer of its own or at one that stands for its first layer's input shape. */
function readSequential(config: unknown, built: unknown): Network {
  const { name, layers, build_input_shape } = parse(sequentialSchema, config, 'config');
  const [first] = layers;
  const start = first?.class_name === 'InputLayer' ? [] : [{ class_name: 'InputLayer', config: {} }];
  const read = new Map<string, Layer>();
  let last: TensorRef | undefined;
  for (const [i, json] of [...start, ...layers].entries()) {
    const layer = layerOf(json, last === undefined ? [] : [{ positional: [{ ref: last }], named: {} }]);
    // Nothing refers to the layers of a chain: those of one name, or of none, can be told apart by their place.
    const key = layer.name === undefined || read.has(layer.name) ? `${layer.name ?? ''}#${i}` : layer.name;
    read.set(key, layer);
    last = { layer: key, call: 0, output: 0 };
  }
  const [head = ''] = read.keys();
  const outputs = last === undefined ? [] : [last];
  return {
    name,
    layers: read,
    inputs: [{ layer: head, call: 0, output: 0 }],
    outputs,
    builtFor: build_input_shape ?? built,
  };
}

function layerOf(json: LayerJson, calls: readonly Call[]): Layer {
  const { class_name, config, module } = json;
  return {
    name: typeof config.name === 'string' ? config.name : undefined,
    // A registered class comes with its package.
    className: class_name.slice(class_name.lastIndexOf('>') + 1),
    config,
    module: module ?? '',
    calls,
    firstCall: 0,
    network: networkOf(json),
  };
}

/**
 * The number of the first call of a layer that is referred to by `numbers`. A model within a model was called once on
 * its own input, before any call that its surroundings know of, unless it is a Sequential that waits to be told its
 * shape, or its exporter leaves that call out.
 */
function firstCallOf({ network, calls }: Layer, numbers: readonly number[]): 0 | 1 {
  if (network === undefined || numbers.includes(0)) return 0;
  if (numbers.some((number) => number >= calls.length)) return 1;
  return network.inputs.every((ref) => shapeIn(network.layers.get(ref.layer)) !== undefined) ? 1 : 0;
}

/** The input shape that a layer's own configuration has, as it stands there, with the batch. */
export function shapeIn(layer: Layer | undefined): unknown {
  const { batch_input_shape, batch_shape, input_shape, input_dim } = layer?.config ?? {};
  if (batch_input_shape ?? batch_shape) return batch_input_shape ?? batch_shape;
  if (Array.isArray(input_shape)) return [null, ...input_shape];
  return typeof input_dim === 'number' ? [null, input_dim] : undefined;
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = [what, ...(issue?.path ?? [])].join('.');
  throw broken(
    `The model.json holds no Keras topology that can be read: ${path}: ${issue?.message ?? 'something else'}`,
    result.error,
  );
}

function broken(problem: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_MODEL_FILE',
    problem,
    fix: 'Export the model again as a TensorFlow.js layers model, or as an ONNX file',
    cause,
  });
}
