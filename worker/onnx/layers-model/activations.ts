import { z } from 'zod';
import { float, type GraphBuilder, int, type Value } from '../builder.js';
import { type LayerKind, layerKind, refusedUse } from './kind.js';

/** Keras's names of the activations that can be written in ONNX. */
export const activation = z
  .enum(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'tanh', 'softmax'])
  .default('linear');

export type Activation = z.output<typeof activation>;

export function activate(graph: GraphBuilder, kind: Activation, value: Value): Value {
  const by = (type: string) => ({ shape: value.shape, name: graph.node(type, [value.name]) });
  switch (kind) {
    case 'linear':
      return value;
    case 'relu':
      return by('Relu');
    case 'relu6':
      return clipped(graph, value, 6);
    case 'elu':
      return by('Elu');
    case 'sigmoid':
      return by('Sigmoid');
    case 'tanh':
      return by('Tanh');
    case 'softmax':
      return softmax(graph, value);
  }
}

/** Softmax over the last of TensorFlow's dimensions, which is the first after the batch where ONNX has channels first. */
function softmax(graph: GraphBuilder, value: Value): Value {
  const axis = value.shape.length === 3 ? 1 : value.shape.length;
  return { shape: value.shape, name: graph.node('Softmax', [value.name], { axis: int(axis) }) };
}

function clipped(graph: GraphBuilder, value: Value, most: number): Value {
  const bounds = [0, most].map((bound) => graph.floats(Float32Array.of(bound), []));
  return { shape: value.shape, name: graph.node('Clip', [value.name, ...bounds]) };
}

export const ACTIVATION_KINDS: Readonly<Record<string, LayerKind>> = {
  Activation: layerKind({ activation: activation.unwrap() }, (options, { graph, input }) =>
    activate(graph, options.activation, input),
  ),
  ReLU: layerKind(
    {
      max_value: z.number().min(0).optional(),
      // TensorFlow.js itself knows neither.
      negative_slope: z.literal(0).optional(),
      threshold: z.literal(0).optional(),
    },
    ({ max_value: most }, { graph, input }) =>
      most === undefined ? activate(graph, 'relu', input) : clipped(graph, input, most),
  ),
  LeakyReLU: layerKind({ alpha: z.number().default(0.3) }, ({ alpha }, { graph, input }) => ({
    shape: input.shape,
    name: graph.node('LeakyRelu', [input.name], { alpha: float(alpha) }),
  })),
  Softmax: layerKind({ axis: z.int().default(-1) }, ({ axis }, { graph, input, layer }) => {
    if (axis !== -1 && axis !== input.shape.length) {
      throw refusedUse(layer, 'over the last dimension', `axis ${axis}`);
    }
    return softmax(graph, input);
  }),
};
