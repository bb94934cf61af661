import { z } from 'zod';
import { float, type Value } from '../builder.js';
import { activate, activation } from './activations.js';
import { outputsFirst } from './convolutions.js';
import { type LayerCall, type LayerKind, layerKind, option, refusedUse } from './kind.js';

/** Layers that act on the last of TensorFlow's dimensions, whatever comes before it. */
export const DENSE_KINDS: Readonly<Record<string, LayerKind>> = {
  Dense: layerKind(
    { units: option.count, use_bias: z.boolean().default(true), activation },
    (options, call) => {
      const { units } = options;
      const inputs = lastOf(call);
      const kernel = call.weight('kernel', [inputs, units]);
      const bias = options.use_bias ? call.weight('bias', [units]) : new Float32Array(units);
      const shape = [...call.input.shape.slice(0, -1), units];
      return activate(call.graph, options.activation, { name: product(kernel, bias, call), shape });
    },
  ),

  BatchNormalization: layerKind(
    {
      axis: z.union([z.int(), z.tuple([z.int()]).transform(([axis]) => axis)]).default(-1),
      epsilon: z.number().min(0).default(1e-3),
      center: z.boolean().default(true),
      scale: z.boolean().default(true),
      momentum: z.number().optional(),
    },
    (options, call) => {
      const { input, layer } = call;
      const channels = lastOf(call);
      if (options.axis !== -1 && options.axis !== input.shape.length) {
        throw refusedUse(layer, 'over the last dimension', `axis ${options.axis}`);
      }
      const gamma = options.scale ? call.weight('gamma', [channels]) : new Float32Array(channels).fill(1);
      const beta = options.center ? call.weight('beta', [channels]) : new Float32Array(channels);
      const mean = call.weight('moving_mean', [channels]);
      const variance = call.weight('moving_variance', [channels]);
      return normalised(input, [gamma, beta, mean, variance], options.epsilon, call);
    },
  ),
};

/** input · kernel [inputs, units] + bias. */
function product(kernel: Float32Array, bias: Float32Array, { graph, input }: LayerCall): string {
  const units = bias.length;
  const inputs = kernel.length / units;
  if (input.shape.length === 1) {
    const constants = [graph.floats(kernel, [inputs, units]), graph.floats(bias, [units])];
    return graph.node('Gemm', [input.name, ...constants]);
  }
  if (input.shape.length === 3) {
    // A dense layer at every pixel is a 1×1 convolution.
    const turned = outputsFirst(kernel, inputs, units);
    const constants = [graph.floats(turned, [units, inputs, 1, 1]), graph.floats(bias, [units])];
    return graph.node('Conv', [input.name, ...constants]);
  }
  const multiplied = graph.node('MatMul', [input.name, graph.floats(kernel, [inputs, units])]);
  return graph.node('Add', [multiplied, graph.floats(bias, [units])]);
}

/** (input − mean) / √(variance + ε) · γ + β, with `constants` γ, β, mean and variance. */
function normalised(
  input: Value,
  constants: readonly [Float32Array, Float32Array, Float32Array, Float32Array],
  epsilon: number,
  { graph }: LayerCall,
): Value {
  const channels = constants[0].length;
  if (input.shape.length === 1 || input.shape.length === 3) {
    // ONNX's own operator takes channels as the first dimension, and ONNX Runtime folds it into a convolution before it.
    const names = constants.map((values) => graph.floats(values, [channels]));
    const name = graph.node('BatchNormalization', [input.name, ...names], { epsilon: float(epsilon) });
    return { name, shape: input.shape };
  }
  const [gamma, beta, mean, variance] = constants;
  const scale = gamma.map((value, c) => value / Math.sqrt((variance[c] ?? 0) + epsilon));
  const shift = beta.map((value, c) => value - (mean[c] ?? 0) * (scale[c] ?? 0));
  const scaled = graph.node('Mul', [input.name, graph.floats(scale, [channels])]);
  return { shape: input.shape, name: graph.node('Add', [scaled, graph.floats(shift, [channels])]) };
}

function lastOf({ input, layer }: LayerCall): number {
  const last = input.shape.at(-1);
  if (last === undefined)
    throw refusedUse(layer, 'on a tensor with a dimension beside the batch', 'a scalar');
  return last;
}
