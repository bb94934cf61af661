import { dirname, join, normalize } from 'node:path';
import { z } from 'zod';
import { BadInputError, reasonOf } from '../../protocol/errors.js';
import type { Size } from '../onnx/graph.js';
import { inputShape, type Network, rowWidth } from '../onnx/network.js';
import { ELEMENT } from '../onnx/tensor.js';
import { readModelFile } from './read.js';

/** What a TensorFlow.js `model.json` declares of its network. Nothing here loads TensorFlow.js. */
export interface TfjsFacts {
  readonly format: 'tfjs-layers' | 'tfjs-graph';
  /** Absolute paths, `model.json` first. */
  readonly files: readonly string[];
  /** Its first input, the batch first; empty where no layer declares it. */
  readonly dims: readonly Size[];
  readonly outputs: readonly { readonly name: string; readonly dims: readonly Size[] | undefined }[];
  /** Numbers in its weights. */
  readonly parameters: number;
}

const layerSchema = z.looseObject({
  class_name: z.string(),
  // Of a Sequential it may be the bare list of its layers.
  config: z.preprocess((config) => (Array.isArray(config) ? { layers: config } : config), z.looseObject({})),
});

const sizesSchema = z.array(z.union([z.number(), z.null()]));
const tensorShapeSchema = z.looseObject({
  tensorShape: z.looseObject({
    dim: z.array(z.looseObject({ size: z.union([z.number(), z.string()]).optional() })),
  }),
});

const modelSchema = z.looseObject({
  format: z.string().optional(),
  modelTopology: z.looseObject({}),
  signature: z.looseObject({ inputs: z.unknown(), outputs: z.unknown() }).partial().optional(),
  weightsManifest: z.array(
    z.looseObject({
      paths: z.array(z.string().min(1)),
      weights: z.array(z.looseObject({ shape: z.array(z.int().min(0)) })),
    }),
  ),
});

type ModelJson = z.infer<typeof modelSchema>;

/** Rejects with a {@link BadInputError}: `ERR_MODEL_MISSING` or `ERR_MODEL_FILE`. */
export async function readTfjsFacts(path: string): Promise<TfjsFacts> {
  const json = await readModelJson(path);
  const paths = json.weightsManifest.flatMap((group) => group.paths);
  const outside = paths.find((each) => normalize(each).startsWith('..') || each.startsWith('/'));
  if (outside !== undefined) throw badFile(`${path} names a weights file outside of its folder (${outside})`);
  const files = [path, ...new Set(paths.map((each) => join(dirname(path), each)))];
  const weights = json.weightsManifest.flatMap((group) => group.weights);
  const parameters = weights.reduce((sum, { shape }) => sum + shape.reduce((all, size) => all * size, 1), 0);
  const isGraph = json.format === 'graph-model' || Array.isArray(json.modelTopology.node);
  const declared = isGraph ? graphPorts(json) : layersPorts(json);
  return { format: isGraph ? 'tfjs-graph' : 'tfjs-layers', files, parameters, ...declared };
}

/** The network that a model.json declares; undefined when that is no classifier of images. */
export function declaredNetwork({ dims, outputs }: Pick<TfjsFacts, 'dims' | 'outputs'>): Network | undefined {
  const shape = inputShape(
    dims,
    outputs.map((output) => output.dims),
  );
  if (shape === undefined || outputs.length === 0) return undefined;
  return {
    input: { name: 'input', element: ELEMENT.float, ...shape },
    outputs: outputs.flatMap(({ name, dims }) => {
      const width = rowWidth(dims, shape.batch);
      return width === 'none' ? [] : [{ name, width, kind: undefined }];
    }),
  };
}

async function readModelJson(path: string): Promise<ModelJson> {
  const text = (await readModelFile(path)).toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badFile(`${path} is not JSON (${reasonOf(cause)})`, cause);
  }
  const result = modelSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.join('.') || 'the whole file';
  throw badFile(`${path} is no TensorFlow.js model.json (${where}: ${issue?.message ?? 'unknown'})`);
}

type Ports = Pick<TfjsFacts, 'dims' | 'outputs'>;
type Layer = z.infer<typeof layerSchema>;

function layersPorts(json: ModelJson): Ports {
  const layers = layersOf(json.modelTopology);
  const shapes = layers.map(({ config }) =>
    sizesSchema.safeParse(config.batch_input_shape ?? config.batchInputShape ?? config.batch_shape),
  );
  const dims = shapes.find((shape) => shape.success)?.data ?? [];
  return {
    dims: dims.map((size) => size ?? undefined),
    outputs: [{ name: 'output', dims: [undefined, lastWidth(layers)] }],
  };
}

/** All layers, those of models within the model too. Keras nests a list one or two objects deep. */
function layersOf(topology: unknown): Layer[] {
  let value: unknown = topology;
  for (const key of ['model_config', 'config', 'layers']) {
    const inner = isRecord(value) ? value[key] : undefined;
    if (inner !== undefined) value = inner;
  }
  const layers = z.array(layerSchema).safeParse(value);
  return (layers.data ?? []).flatMap((layer) => ('layers' in layer.config ? layersOf(layer) : [layer]));
}

/** The size of the last dimension that the layers give, found backwards; undefined when a layer hides it. */
function lastWidth(layers: readonly Layer[]): number | undefined {
  for (const { class_name, config } of layers.toReversed()) {
    if (class_name === 'Dense') return numberOf(config.units);
    if (class_name === 'Conv2D') return numberOf(config.filters);
    if (class_name === 'Reshape') {
      const target = sizesSchema.safeParse(config.target_shape ?? config.targetShape);
      const product = target.data?.reduce<number>((all, size) => all * (size ?? -1), 1);
      if (product !== undefined && product > 0) return product;
    }
  }
  return undefined;
}

function graphPorts(json: ModelJson): Ports {
  const { inputs, outputs } = json.signature ?? {};
  const [first] = portsOf(inputs);
  const named = portsOf(outputs);
  return {
    dims: first?.dims ?? placeholderShape(json.modelTopology.node),
    outputs: named.length > 0 ? named : [{ name: 'output', dims: undefined }],
  };
}

function portsOf(ports: unknown): TfjsFacts['outputs'] {
  return Object.entries(isRecord(ports) ? ports : {}).map(([name, port]) => {
    const shape = tensorShapeSchema.safeParse(port);
    return { name, dims: shape.data?.tensorShape.dim.map(({ size }) => positive(Number(size))) };
  });
}

function placeholderShape(nodes: unknown): Size[] {
  const placeholder = Array.isArray(nodes)
    ? nodes.find((node) => isRecord(node) && node.op === 'Placeholder')
    : undefined;
  const attributes = isRecord(placeholder) && isRecord(placeholder.attr) ? placeholder.attr.shape : undefined;
  const shape = z
    .looseObject({ shape: z.looseObject({ dim: z.array(z.looseObject({ size: z.unknown() })) }) })
    .safeParse(attributes);
  return shape.success ? shape.data.shape.dim.map(({ size }) => positive(Number(size))) : [];
}

function positive(size: number): Size {
  return size > 0 ? size : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badFile(problem: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_MODEL_FILE',
    problem,
    fix: 'Fetch or export the model again, model.json and all its weights',
    cause,
  });
}
