import { z } from 'zod';
import { axisOf, float, straightened, type Value } from '../builder.js';
import {
  type ActivationOption,
  activate,
  activationOption,
  clipped,
  leaky,
  same,
  softmaxAlong,
} from './activations.js';
import { axisIn, type LayerCall, type LayerKind, layerKind, option } from './kind.js';
import { reduced } from './reduction.js';

const slope = z.number();

/** Layers that are a function with a setting of its own. */
export const ACTIVATION_KINDS: Readonly<Record<string, LayerKind>> = {
  Activation: layerKind({ activation: activationOption }, ({ activation }, call) =>
    applyActivation(activation, call.input, call),
  ),

  ReLU: layerKind(
    {
      max_value: z.number().min(0).optional(),
      negative_slope: slope.default(0),
      threshold: z.number().default(0),
    },
    ({ max_value: most, negative_slope: below, threshold }, { graph, input, layer }) => {
      if (below === 0 && threshold === 0) {
        return most === undefined ? activate(graph, 'relu', input, layer) : clipped(graph, input, 0, most);
      }
      return generalRelu(below, threshold, most, { graph, input });
    },
  ),

  LeakyReLU: layerKind(
    { alpha: slope.optional(), negative_slope: slope.optional() },
    ({ alpha, negative_slope: below }, { graph, input }) => leaky(graph, input, alpha ?? below ?? 0.3),
  ),

  ELU: layerKind({ alpha: slope.default(1) }, ({ alpha }, { graph, input }) =>
    same(input, graph.node('Elu', [input.name], { alpha: float(alpha) })),
  ),

  ThresholdedReLU: layerKind({ theta: z.number().default(1) }, ({ theta }, { graph, input }) =>
    same(input, graph.node('ThresholdedRelu', [input.name], { alpha: float(theta) })),
  ),

  PReLU: layerKind({ shared_axes: option.axes.optional() }, ({ shared_axes: shared = [] }, call) => {
    const { graph, input, layer } = call;
    const alike = new Set(shared.map((axis) => axisIn(input.shape, axis, layer)));
    const dims = input.shape.map((size, i) => (alike.has(i) ? 1 : size));
    const alpha = call.weight('alpha', dims);
    const value = straightened(graph, input);
    return same(value, graph.node('PRelu', [value.name, graph.floats(alpha, dims)]));
  }),

  Softmax: layerKind({ axis: option.axes.default([-1]) }, ({ axis }, { graph, input, layer }) => {
    const axes = axis.map((each) => axisIn(input.shape, each, layer));
    const [along, ...more] = axes;
    if (along !== undefined && more.length === 0) return softmaxAlong(graph, input, along);
    const over = axes.map((each) => axisOf(input, each)).toSorted((a, b) => a - b);
    const sum = reduced(graph, 'ReduceLogSumExp', input.name, over, true);
    return same(input, graph.node('Exp', [graph.node('Sub', [input.name, sum])]));
  }),
};

/** Applies a layer's option `activation` to what it has computed. */
export function applyActivation({ name, config }: ActivationOption, value: Value, call: LayerCall): Value {
  const kind = LAYER_ACTIVATIONS.has(name) ? ACTIVATION_KINDS[name] : undefined;
  if (kind === undefined) return activate(call.graph, name, value, call.layer);
  return kind(config, { ...call, input: value, inputs: [value] });
}

/** Layers that can be the activation of another one: they have options, but no weights. */
const LAYER_ACTIVATIONS = new Set(['ELU', 'LeakyReLU', 'ReLU', 'Softmax', 'ThresholdedReLU']);

/** max(x, …) with a slope below `threshold`: slope · (x − threshold), as Keras has it. */
function generalRelu(
  below: number,
  threshold: number,
  most: number | undefined,
  { graph, input }: Pick<LayerCall, 'graph' | 'input'>,
): Value {
  const scalar = (value: number) => graph.floats(Float32Array.of(value), []);
  const high = most === undefined ? input : clipped(graph, input, Number.NEGATIVE_INFINITY, most);
  const shifted = graph.node('Sub', [input.name, scalar(threshold)]);
  const low = graph.node('Mul', [shifted, scalar(below)]);
  const isLow = graph.node('Less', [input.name, scalar(threshold)]);
  return same(input, graph.node('Where', [isLow, low, high.name]));
}
