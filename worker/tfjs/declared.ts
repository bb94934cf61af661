import { z } from 'zod';
import type { Size } from '../onnx/graph.js';
import { inputShape, type Network, rowWidth } from '../onnx/network.js';
import { ELEMENT } from '../onnx/tensor.js';
import type { TfjsModel } from './files.js';

/** What a TensorFlow.js `model.json` declares of its network, whether or not it can be converted. */
export interface Declared {
  /** Its first input, the batch first; empty where no layer declares it. */
  readonly dims: readonly Size[];
  readonly outputs: readonly { readonly name: string; readonly dims: readonly Size[] | undefined }[];
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

/** Reads what a model declares. */
export function declaredBy({ format, json }: TfjsModel): Declared {
  return format === 'graph' ? graphPorts(json) : layersPorts(json);
}

/** The network that a model.json declares; undefined when that is no classifier of images. */
export function declaredNetwork({ dims, outputs }: Declared): Network | undefined {
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

type ModelJson = TfjsModel['json'];
type Layer = z.infer<typeof layerSchema>;

function layersPorts(json: ModelJson): Declared {
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

function graphPorts(json: ModelJson): Declared {
  const { inputs, outputs } = isRecord(json.signature) ? json.signature : {};
  const [first] = portsOf(inputs);
  const named = portsOf(outputs);
  return {
    dims: first?.dims ?? placeholderShape(json.modelTopology),
    outputs: named.length > 0 ? named : [{ name: 'output', dims: undefined }],
  };
}

function portsOf(ports: unknown): Declared['outputs'] {
  return Object.entries(isRecord(ports) ? ports : {}).map(([name, port]) => {
    const shape = tensorShapeSchema.safeParse(port);
    return { name, dims: shape.data?.tensorShape.dim.map(({ size }) => positive(Number(size))) };
  });
}

function placeholderShape(topology: unknown): Size[] {
  const nodes = isRecord(topology) ? topology.node : undefined;
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
