import { dirname, join, normalize } from 'node:path';
import { z } from 'zod';
import { BadInputError } from '../../protocol/errors.js';
import type { Size } from '../onnx/graph.js';
import { readModelFile } from './read.js';

/** What a TensorFlow.js `model.json` says of its network. Nothing here loads TensorFlow.js. */
export interface TfjsFacts {
  readonly format: 'tfjs-layers' | 'tfjs-graph';
  /** Absolute paths, `model.json` first. */
  readonly files: readonly string[];
  /** [N,H,W,C]. */
  readonly dims: readonly Size[];
  readonly classes: number | undefined;
  readonly softmax: boolean;
  /** Numbers in its weights. */
  readonly parameters: number;
}

const layerSchema = z.looseObject({
  class_name: z.string(),
  config: z.looseObject({}),
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
type Layer = z.infer<typeof layerSchema>;

/** Rejects with a {@link BadInputError}: `ERR_MODEL_MISSING`, `ERR_MODEL_FILE` or `ERR_NOT_CLASSIFIER`. */
export async function readTfjsFacts(path: string): Promise<TfjsFacts> {
  const json = await readModelJson(path);
  const paths = json.weightsManifest.flatMap((group) => group.paths);
  const outside = paths.find((each) => normalize(each).startsWith('..') || each.startsWith('/'));
  if (outside !== undefined) throw badFile(path, `a shard outside of its folder (${outside})`);
  const files = [path, ...new Set(paths.map((each) => join(dirname(path), each)))];
  const weights = json.weightsManifest.flatMap((group) => group.weights);
  const parameters = weights.reduce((sum, { shape }) => sum + shape.reduce((all, size) => all * size, 1), 0);
  const isGraph = json.format === 'graph-model' || Array.isArray(json.modelTopology.node);
  const facts = isGraph ? graphFacts(json) : layersFacts(json);
  if (facts.dims.length !== 4) {
    throw new BadInputError({
      code: 'ERR_NOT_CLASSIFIER',
      expected: `${path} to be a classifier of images: [N,H,W,C] in`,
      got: `an input of ${facts.dims.length} dimensions`,
      fix: 'give another model',
    });
  }
  return { format: isGraph ? 'tfjs-graph' : 'tfjs-layers', files, parameters, ...facts };
}

async function readModelJson(path: string): Promise<ModelJson> {
  const text = (await readModelFile(path)).toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badFile(path, 'broken JSON', cause);
  }
  const result = modelSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw badFile(path, `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'something else'}`);
}

type Facts = Pick<TfjsFacts, 'dims' | 'classes' | 'softmax'>;

/** Layers that pass a row of scores on as it is. */
const TRANSPARENT: readonly string[] = ['Dropout', 'Flatten', 'Reshape'];

function layersFacts(json: ModelJson): Facts {
  const layers = layersOf(json.modelTopology);
  const shapes = layers.map(({ config }) =>
    sizesSchema.safeParse(config.batch_input_shape ?? config.batchInputShape),
  );
  const dims = shapes.find((shape) => shape.success)?.data ?? [];
  const last = layers.findLast((layer) => !TRANSPARENT.includes(layer.class_name));
  return {
    dims: dims.map((size) => size ?? undefined),
    classes: lastWidth(layers),
    softmax: last?.config.activation === 'softmax' || last?.class_name === 'Softmax',
  };
}

/** Keras nests the list one or two objects deep, and a Sequential's may be the config itself. */
function layersOf(topology: unknown): Layer[] {
  let value: unknown = topology;
  for (const key of ['model_config', 'config', 'layers']) {
    const inner = isRecord(value) ? value[key] : undefined;
    if (inner !== undefined) value = inner;
  }
  const layers = z.array(layerSchema).safeParse(value);
  return layers.success ? layers.data : [];
}

/** The size of the last dimension that the layers give, found backwards; undefined when a layer hides it. */
function lastWidth(layers: readonly Layer[]): number | undefined {
  for (const { class_name, config } of [...layers].reverse()) {
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

function graphFacts(json: ModelJson): Facts {
  const shapesOf = (ports: unknown): Size[][] => {
    const list = isRecord(ports) ? Object.values(ports) : [];
    return list.flatMap((port) => {
      const shape = tensorShapeSchema.safeParse(port);
      return shape.success ? [shape.data.tensorShape.dim.map(({ size }) => positive(Number(size)))] : [];
    });
  };
  const nodes = json.modelTopology.node;
  const last = Array.isArray(nodes) ? nodes.findLast((node) => isRecord(node) && node.op !== 'Identity') : {};
  const signature = json.signature ?? {};
  return {
    dims: shapesOf(signature.inputs)[0] ?? placeholderShape(nodes),
    classes: shapesOf(signature.outputs)[0]?.at(-1),
    softmax: isRecord(last) && last.op === 'Softmax',
  };
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

function badFile(path: string, got: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_MODEL_FILE',
    expected: `${path} to be a TensorFlow.js model.json`,
    got,
    fix: 'fetch or export the model again',
    cause,
  });
}
