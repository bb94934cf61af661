import { z } from 'zod';
import type { Value } from '../builder.js';
import { planar } from '../builder.js';
import { applyActivation } from './activation-layers.js';
import { activationOption } from './activations.js';
import { outputsFirst } from './convolution.js';
import { type LayerCall, type LayerKind, layerKind, option } from './kind.js';

/** A dense layer acts on the last of TensorFlow's dimensions, whatever comes before it. */
export const DENSE_KINDS: Readonly<Record<string, LayerKind>> = {
  Dense: layerKind(
    { units: option.count, use_bias: z.boolean().default(true), activation: activationOption },
    (options, call) => {
      const { units } = options;
      const inputs = call.input.shape.at(-1) ?? 1;
      const kernel = call.weight('kernel', [inputs, units]);
      const bias = options.use_bias ? call.weight('bias', [units]) : new Float32Array(units);
      return applyActivation(options.activation, product(kernel, bias, call), call);
    },
  ),
};

/** input · kernel [inputs, units] + bias. */
function product(kernel: Float32Array, bias: Float32Array, { graph, input }: LayerCall): Value {
  const units = bias.length;
  const inputs = kernel.length / units;
  const shape = [...input.shape.slice(0, -1), units];
  if (input.shape.length === 1) {
    const constants = [graph.floats(kernel, [inputs, units]), graph.floats(bias, [units])];
    return { name: graph.node('Gemm', [input.name, ...constants]), shape };
  }
  if (input.shape.length === 3) {
    // A dense layer at every pixel is a 1×1 convolution.
    const turned = outputsFirst(kernel, inputs, units);
    const constants = [graph.floats(turned, [units, inputs, 1, 1]), graph.floats(bias, [units])];
    return { name: graph.node('Conv', [planar(graph, input).name, ...constants]), shape };
  }
  const multiplied = graph.node('MatMul', [input.name, graph.floats(kernel, [inputs, units])]);
  return { name: graph.node('Add', [multiplied, graph.floats(bias, [units])]), shape };
}
