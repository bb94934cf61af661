import { z } from 'zod';
import { activate, activation } from './convert-activations.js';
import { type Attribute, int, ints, type Value } from './convert-graph.js';
import { type LayerCall, type LayerKind, layerKind, option, refusedUse } from './convert-kind.js';

type Pair = readonly [number, number];

interface Window {
  readonly size: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: 'same' | 'valid';
}

/** How a window moves over an image of known size: what comes out, and ONNX's attributes that say so. */
interface Sweep {
  readonly out: Pair;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

const convolutionOptions = {
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

const poolingOptions = {
  pool_size: option.pair.default([2, 2]),
  strides: option.pair.optional(),
  padding: option.padding,
  data_format: option.dataFormat,
};

export const CONVOLUTION_KINDS: Readonly<Record<string, LayerKind>> = {
  Conv2D: layerKind({ ...convolutionOptions, filters: option.count }, (options, call) => {
    const [, , channels] = imageOf(call);
    const [height, width] = options.kernel_size;
    const kernel = call.weight('kernel', [height, width, channels, options.filters]);
    const { out, attributes } = sweep(windowOf(options), call);
    const weights = call.graph.floats(fullKernel(kernel, height * width, channels, options.filters), [
      options.filters,
      channels,
      height,
      width,
    ]);
    const name = convolve(call, call.input.name, weights, options, options.filters, attributes);
    return activate(call.graph, options.activation, { name, shape: [...out, options.filters] });
  }),

  DepthwiseConv2D: layerKind(
    { ...convolutionOptions, depth_multiplier: option.count.default(1) },
    (options, call) => {
      const [, , channels] = imageOf(call);
      const filters = channels * options.depth_multiplier;
      const { weights, swept } = depthwise('depthwise_kernel', options, call);
      const attributes = { ...swept.attributes, group: int(channels) };
      const name = convolve(call, call.input.name, weights, options, filters, attributes);
      return activate(call.graph, options.activation, { name, shape: [...swept.out, filters] });
    },
  ),

  SeparableConv2D: layerKind(
    { ...convolutionOptions, filters: option.count, depth_multiplier: option.count.default(1) },
    (options, call) => {
      const [, , channels] = imageOf(call);
      const between = channels * options.depth_multiplier;
      const { weights, swept } = depthwise('depthwise_kernel', options, call);
      const attributes = { ...swept.attributes, group: int(channels) };
      const deep = call.graph.node('Conv', [call.input.name, weights], attributes);
      const kernel = call.weight('pointwise_kernel', [1, 1, between, options.filters]);
      const pointwise = call.graph.floats(fullKernel(kernel, 1, between, options.filters), [
        options.filters,
        between,
        1,
        1,
      ]);
      const name = convolve(call, deep, pointwise, options, options.filters, {});
      return activate(call.graph, options.activation, { name, shape: [...swept.out, options.filters] });
    },
  ),

  MaxPooling2D: layerKind(poolingOptions, (options, call) => pool('MaxPool', options, call)),
  // ONNX's average leaves padding out by default, as TensorFlow's does.
  AveragePooling2D: layerKind(poolingOptions, (options, call) => pool('AveragePool', options, call)),

  GlobalAveragePooling2D: layerKind(
    { data_format: option.dataFormat, keepdims: z.literal(false).optional() },
    (_, call) => {
      const [, , channels] = imageOf(call);
      const pooled = call.graph.node('GlobalAveragePool', [call.input.name]);
      return { name: call.graph.node('Flatten', [pooled]), shape: [channels] };
    },
  ),
};

function pool(
  type: string,
  options: {
    readonly pool_size: Pair;
    readonly strides?: Pair | undefined;
    readonly padding: Window['padding'];
  },
  call: LayerCall,
): Value {
  const [, , channels] = imageOf(call);
  const { pool_size: size, strides = size, padding } = options;
  const { out, attributes } = sweep({ size, strides, padding, dilations: [1, 1] }, call);
  const { dilations: _, ...rest } = attributes;
  return { name: call.graph.node(type, [call.input.name], rest), shape: [...out, channels] };
}

interface ConvolutionOptions {
  readonly kernel_size: Pair;
  readonly strides: Pair;
  readonly padding: Window['padding'];
  readonly dilation_rate: Pair;
  readonly use_bias: boolean;
}

function windowOf(options: ConvolutionOptions): Window {
  return {
    size: options.kernel_size,
    strides: options.strides,
    dilations: options.dilation_rate,
    padding: options.padding,
  };
}

function convolve(
  { graph, weight }: LayerCall,
  input: string,
  weights: string,
  { use_bias: useBias }: ConvolutionOptions,
  filters: number,
  attributes: Readonly<Record<string, Attribute>>,
): string {
  const bias = useBias ? [graph.floats(weight('bias', [filters]), [filters])] : [];
  return graph.node('Conv', [input, weights, ...bias], attributes);
}

function depthwise(
  weightName: string,
  options: ConvolutionOptions & { readonly depth_multiplier: number },
  call: LayerCall,
): { readonly weights: string; readonly swept: Sweep } {
  const [, , channels] = imageOf(call);
  const [height, width] = options.kernel_size;
  const filters = channels * options.depth_multiplier;
  const kernel = call.weight(weightName, [height, width, channels, options.depth_multiplier]);
  // [h, w, c, m] is [h·w, 1, c·m]: in both worlds filter c·M + m looks at channel c.
  const weights = call.graph.floats(fullKernel(kernel, height * width, 1, filters), [
    filters,
    1,
    height,
    width,
  ]);
  return { weights, swept: sweep(windowOf(options), call) };
}

/** TensorFlow's kernel [area, in, out] as ONNX's [out, in, area]. */
function fullKernel(kernel: Float32Array, area: number, inputs: number, outputs: number): Float32Array {
  const turned = new Float32Array(kernel.length);
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

/**
 * TensorFlow's padding (its guide to `tf.nn.convolution`): `valid` is none; `same` gives ceil(size / stride) outputs
 * and pads what they need beyond the image, an odd one at the end.
 */
function sweep(window: Window, call: LayerCall): Sweep {
  const [height, width] = imageOf(call);
  const along = (size: number, axis: 0 | 1) => {
    const stride = window.strides[axis];
    const reach = (window.size[axis] - 1) * window.dilations[axis] + 1;
    if (window.padding === 'valid') {
      if (reach > size) throw refusedUse(call.layer, `on an image of at least ${reach} pixels`, `${size}`);
      return { out: Math.floor((size - reach) / stride) + 1, before: 0, after: 0 };
    }
    const out = Math.ceil(size / stride);
    const missing = Math.max(0, (out - 1) * stride + reach - size);
    const before = Math.floor(missing / 2);
    return { out, before, after: missing - before };
  };
  const down = along(height, 0);
  const across = along(width, 1);
  return {
    out: [down.out, across.out],
    attributes: {
      kernel_shape: ints(window.size),
      strides: ints(window.strides),
      dilations: ints(window.dilations),
      pads: ints([down.before, across.before, down.after, across.after]),
    },
  };
}

/** [height, width, channels] of the input. */
export function imageOf({ input, layer }: LayerCall): readonly [number, number, number] {
  const [height, width, channels, more] = input.shape;
  if (height === undefined || width === undefined || channels === undefined || more !== undefined) {
    throw refusedUse(
      layer,
      'on images of [height, width, channels]',
      `a tensor of [${input.shape.join(', ')}]`,
    );
  }
  return [height, width, channels];
}
