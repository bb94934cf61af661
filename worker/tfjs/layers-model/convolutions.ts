import { z } from 'zod';
import { applyActivation } from './activation-layers.js';
import { activationOption } from './activations.js';
import { convolve, convolveTransposed } from './convolution.js';
import { asValue, type Image, imageOf } from './image.js';
import { type LayerCall, type LayerKind, layerKind, option } from './kind.js';
import { refusedUse } from './refusal.js';
import { asRow, fromRow } from './row.js';
import type { Value } from './values.js';
import type { Window } from './windows.js';

const sharedOptions = {
  padding: option.padding,
  data_format: option.dataFormat,
  use_bias: z.boolean().default(true),
  activation: activationOption,
  groups: option.count.default(1),
};

const planeOptions = {
  ...sharedOptions,
  kernel_size: option.pair,
  strides: option.pair.default([1, 1]),
  dilation_rate: option.pair.default([1, 1]),
};

type PlaneOptions = z.output<z.ZodObject<typeof planeOptions>>;

export const CONVOLUTION_KINDS: Readonly<Record<string, LayerKind>> = {
  Conv2D: layerKind({ ...planeOptions, filters: option.count }, (options, call) => {
    const image = imageFor(options, call);
    const { groups, filters } = options;
    if (image.channels % groups !== 0 || filters % groups !== 0) {
      throw refusedUse(
        call.layer,
        `has ${groups} groups of ${image.channels} channels and ${filters} filters`,
      );
    }
    const kernel = call.weight('kernel', [...options.kernel_size, image.channels / groups, filters]);
    const bias = biasOf(call, options, filters);
    const convolved = convolve(call, image, windowOf(options), { kernel, filters, bias, groups });
    return finished(convolved, options, call);
  }),

  DepthwiseConv2D: layerKind(
    { ...planeOptions, depth_multiplier: option.count.default(1), filters: z.unknown().optional() },
    (options, call) => {
      const image = imageFor(options, call);
      const kernel = depthwiseKernel(image, options, call);
      const filters = image.channels * options.depth_multiplier;
      const bias = biasOf(call, options, filters);
      const groups = image.channels;
      return finished(
        convolve(call, image, windowOf(options), { kernel, filters, bias, groups }),
        options,
        call,
      );
    },
  ),

  SeparableConv2D: layerKind(
    { ...planeOptions, filters: option.count, depth_multiplier: option.count.default(1) },
    (options, call) => {
      const image = imageFor(options, call);
      const { filters } = options;
      const between = image.channels * options.depth_multiplier;
      const first = { kernel: depthwiseKernel(image, options, call), filters: between, bias: undefined };
      const kernel = call.weight('pointwise_kernel', [1, 1, between, filters]);
      const bias = biasOf(call, options, filters);
      const each = convolve(call, image, windowOf(options), { ...first, groups: image.channels });
      return finished(convolve(call, each, ONE_PIXEL, { kernel, filters, bias }), options, call);
    },
  ),

  Conv2DTranspose: layerKind({ ...planeOptions, filters: option.count }, (options, call) => {
    const image = imageFor(options, call);
    const { filters } = options;
    if (options.groups > 1)
      throw refusedUse(call.layer, `has ${options.groups} groups, which are not converted`);
    const kernel = call.weight('kernel', [...options.kernel_size, filters, image.channels]);
    const bias = biasOf(call, options, filters);
    return finished(
      convolveTransposed(call, image, windowOf(options), { kernel, filters, bias }),
      options,
      call,
    );
  }),

  Conv1D: layerKind(
    {
      ...sharedOptions,
      padding: z.enum(['same', 'valid', 'causal']).default('valid'),
      kernel_size: option.single,
      strides: option.single.default(1),
      dilation_rate: option.single.default(1),
      filters: option.count,
    },
    (options, call) => {
      const { kernel_size: size, strides, dilation_rate: dilation, filters, groups, data_format } = options;
      const row = asRow(call.graph, call.input, data_format, call.layer);
      const causal = options.padding === 'causal';
      const kernel = call.weight('kernel', [size, row.channels / groups, filters]);
      const window: Window = {
        size: [size, 1],
        strides: [strides, 1],
        padding: options.padding === 'same' ? 'same' : 'valid',
        dilations: [dilation, 1],
      };
      const start = causal ? padded(call, row, (size - 1) * dilation) : row;
      const bias = biasOf(call, options, filters);
      const convolved = convolve(call, start, window, { kernel, filters, bias, groups });
      return applyActivation(options.activation, fromRow(call.graph, convolved, data_format), call);
    },
  ),
};

const ONE_PIXEL: Window = { size: [1, 1], strides: [1, 1], padding: 'valid' };

function imageFor({ data_format: format }: PlaneOptions, { graph, input, layer }: LayerCall): Image {
  return imageOf(graph, input, format, layer);
}

function finished(image: Image, { activation, data_format: format }: PlaneOptions, call: LayerCall): Value {
  return applyActivation(activation, asValue(image, format), call);
}

/** [h, w, c, m] is also [h, w, 1, c·m]: in both worlds filter c·M + m looks at channel c. */
function depthwiseKernel(
  { channels }: Image,
  options: PlaneOptions & { readonly depth_multiplier: number },
  call: LayerCall,
): Float32Array {
  const dims = [...options.kernel_size, channels, options.depth_multiplier];
  // Keras 3 calls it kernel.
  return call.weight(['depthwise_kernel', 'kernel'], dims);
}

function biasOf(
  call: LayerCall,
  { use_bias }: Pick<PlaneOptions, 'use_bias'>,
  filters: number,
): Float32Array | undefined {
  return use_bias ? call.weight('bias', [filters]) : undefined;
}

function windowOf({ kernel_size, strides, padding, dilation_rate }: PlaneOptions): Window {
  return { size: kernel_size, strides, padding, dilations: dilation_rate };
}

/** A sequence with `before` zeros before its first step. */
function padded({ graph }: LayerCall, row: Image, before: number): Image {
  const name = graph.node('Pad', [row.name, graph.integers([0, 0, before, 0, 0, 0, 0, 0])]);
  return { ...row, name, height: row.height + before };
}
