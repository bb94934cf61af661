import { z } from 'zod';
import { int, ints, type Value } from '../builder.js';
import { activate, activation } from './activations.js';
import { type LayerCall, type LayerKind, layerKind, option } from './kind.js';
import { addPads, bareOf, imageOf, sweep, type Window, windowAttributes } from './windows.js';

const sharedOptions = {
  kernel_size: option.pair,
  strides: option.pair.default([1, 1]),
  padding: option.padding,
  dilation_rate: option.pair.default([1, 1]),
  data_format: option.dataFormat,
  use_bias: z.boolean().default(true),
  activation,
  // Keras writes it; TensorFlow.js has no grouped convolution.
  groups: z.literal(1).optional(),
};

type SharedOptions = z.output<z.ZodObject<typeof sharedOptions>>;

export const CONVOLUTION_KINDS: Readonly<Record<string, LayerKind>> = {
  Conv2D: layerKind({ ...sharedOptions, filters: option.count }, (options, call) => {
    const [, , channels] = imageOf(call);
    const [height, width] = options.kernel_size;
    const kernel = call.weight('kernel', [height, width, channels, options.filters]);
    const value = convolve(call, windowOf(options), kernel, {
      filters: options.filters,
      bias: biasOf(call, options, options.filters),
    });
    return activate(call.graph, options.activation, value);
  }),

  DepthwiseConv2D: layerKind(
    { ...sharedOptions, depth_multiplier: option.count.default(1) },
    (options, call) => {
      const [, , channels] = imageOf(call);
      const bias = biasOf(call, options, channels * options.depth_multiplier);
      return activate(call.graph, options.activation, convolveEach(call, options, bias));
    },
  ),

  SeparableConv2D: layerKind(
    { ...sharedOptions, filters: option.count, depth_multiplier: option.count.default(1) },
    (options, call) => {
      const input = convolveEach(call, options, undefined);
      const [, , between = 0] = input.shape;
      const kernel = call.weight('pointwise_kernel', [1, 1, between, options.filters]);
      const value = convolve({ ...call, input }, ONE_PIXEL, kernel, {
        filters: options.filters,
        bias: biasOf(call, options, options.filters),
      });
      return activate(call.graph, options.activation, value);
    },
  ),

  GlobalAveragePooling2D: layerKind(
    { data_format: option.dataFormat, keepdims: z.literal(false).optional() },
    (_, call) => {
      const [, , channels] = imageOf(call);
      const pooled = call.graph.node('GlobalAveragePool', [call.input.name]);
      return { name: call.graph.node('Flatten', [pooled]), shape: [channels] };
    },
  ),
};

const ONE_PIXEL: Window = { size: [1, 1], strides: [1, 1], padding: 'valid' };

interface Filters {
  readonly filters: number;
  readonly bias: Float32Array | undefined;
  /** Channels are divided into so many groups, each seen by its own share of the filters. */
  readonly groups?: number;
}

/** A convolution by TensorFlow's `kernel` [height, width, channels / groups, filters]. */
function convolve(
  call: LayerCall,
  window: Window,
  kernel: Float32Array,
  { filters, bias, groups = 1 }: Filters,
): Value {
  const { graph, input } = call;
  const [height, width] = window.size;
  const seen = kernel.length / (height * width * filters);
  const { out, pads } = sweep(window, call);
  const bare = bareOf(input);
  const constants = [graph.floats(outputsFirst(kernel, seen, filters), [filters, seen, height, width])];
  if (bias !== undefined) constants.push(graph.floats(bias, [filters]));
  const name = graph.node('Conv', [bare.name, ...constants], {
    ...windowAttributes(window, addPads(bare.pads, pads)),
    dilations: ints(window.dilations ?? [1, 1]),
    group: int(groups),
  });
  return { name, shape: [...out, filters] };
}

/** A convolution of each channel by filters of its own. */
function convolveEach(
  call: LayerCall,
  options: SharedOptions & { readonly depth_multiplier: number },
  bias: Float32Array | undefined,
): Value {
  const [, , channels] = imageOf(call);
  const [height, width] = options.kernel_size;
  // [h, w, c, m] is also [h, w, 1, c·m]: in both worlds filter c·M + m looks at channel c.
  const kernel = call.weight('depthwise_kernel', [height, width, channels, options.depth_multiplier]);
  const filters = channels * options.depth_multiplier;
  return convolve(call, windowOf(options), kernel, { filters, bias, groups: channels });
}

function biasOf(call: LayerCall, options: SharedOptions, filters: number): Float32Array | undefined {
  return options.use_bias ? call.weight('bias', [filters]) : undefined;
}

function windowOf(options: SharedOptions): Window {
  return {
    size: options.kernel_size,
    strides: options.strides,
    padding: options.padding,
    dilations: options.dilation_rate,
  };
}

/** [area, inputs, outputs] → [outputs, inputs, area]. */
export function outputsFirst(kernel: Float32Array, inputs: number, outputs: number): Float32Array {
  const turned = new Float32Array(kernel.length);
  const area = kernel.length / (inputs * outputs);
  let from = 0;
  for (let a = 0; a < area; a++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) {
        turned[(o * inputs + i) * area + a] = kernel[from++] ?? 0;
      }
    }
  }
  return turned;
}
