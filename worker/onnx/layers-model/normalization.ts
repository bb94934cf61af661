import { z } from 'zod';
import { axisOf, dimsOf, float, straightened, type Value } from '../builder.js';
import { same } from './activations.js';
import { imageOf } from './image.js';
import { axisIn, type LayerCall, type LayerKind, layerKind, option } from './kind.js';
import { reduced } from './reduction.js';
import { refusedUse } from './refusal.js';

const sharedOptions = {
  axis: option.axes.default([-1]),
  epsilon: z.number().min(0).default(1e-3),
  center: z.boolean().default(true),
  scale: z.boolean().default(true),
};

const batchNormalization = layerKind(
  { ...sharedOptions, virtual_batch_size: z.unknown().optional(), synchronized: z.unknown().optional() },
  (options, call) => {
    const { input, layer } = call;
    const [axis, ...more] = options.axis;
    if (axis === undefined || more.length > 0) throw refusedUse(layer, `has ${options.axis.length} axes`);
    const along = axisIn(input.shape, axis, layer);
    const dims = [input.shape[along] ?? 1];
    const gamma = options.scale ? call.weight('gamma', dims) : ones(dims);
    const beta = options.center ? call.weight('beta', dims) : zeros(dims);
    const mean = call.weight('moving_mean', dims);
    const variance = call.weight('moving_variance', dims);
    return normalized(along, [gamma, beta, mean, variance], options.epsilon, call);
  },
);

export const NORMALIZATION_KINDS: Readonly<Record<string, LayerKind>> = {
  BatchNormalization: batchNormalization,
  SyncBatchNormalization: batchNormalization,

  /** ConvNeXt's: a factor for each channel. */
  LayerScale(_, call) {
    const last = call.input.shape.length - 1;
    const size = call.input.shape[last] ?? 1;
    return scaledAlong(last, call.weight(['gamma', 'variable'], [size]), zeros([size]), call);
  },

  /** Of images: each group of channels has a mean and a variance of its own. */
  GroupNormalization: layerKind({ ...sharedOptions, groups: z.int().default(32) }, (options, call) => {
    const { graph, layer } = call;
    const last = call.input.shape.length - 1;
    const along = options.axis.map((axis) => axisIn(call.input.shape, axis, layer));
    if (String(along) !== String(last))
      throw refusedUse(layer, 'normalizes along a dimension that is not the last');
    const { name, height, width, channels } = imageOf(graph, call.input, 'channels_last', layer);
    const groups = options.groups === -1 ? channels : options.groups;
    if (channels % groups !== 0) throw refusedUse(layer, `has ${groups} groups of ${channels} channels`);
    const apart = graph.node('Reshape', [name, graph.integers([0, groups, -1])]);
    const constants = [ones([groups]), zeros([groups])].map((values) => graph.floats(values, [groups]));
    const epsilon = { epsilon: float(options.epsilon) };
    const normal = graph.node('InstanceNormalization', [apart, ...constants], epsilon);
    const together = graph.node('Reshape', [normal, graph.integers([-1, channels, height, width])]);
    const gamma = options.scale ? call.weight('gamma', [channels]) : ones([channels]);
    const beta = options.center ? call.weight('beta', [channels]) : zeros([channels]);
    const input = { name: together, shape: call.input.shape };
    return scaledAlong(last, gamma, beta, { graph, input });
  }),

  LayerNormalization: layerKind(sharedOptions, (options, call) => {
    const { graph, layer } = call;
    const { shape } = call.input;
    const axes = options.axis.map((axis) => axisIn(shape, axis, layer));
    const dims = axes.map((axis) => shape[axis] ?? 1);
    const [first = 0] = axes;
    // Over one dimension, its vectors can be made to lie in any way.
    const value = axes.length === 1 ? call.input : straightened(graph, call.input);
    const asItLies =
      axes.length === 1 ? vectorDims(value, first) : shape.map((n, i) => (axes.includes(i) ? n : 1));
    const over = axes.map((axis) => axisOf(value, axis)).toSorted((a, b) => a - b);
    const mean = reduced(graph, 'ReduceMean', value.name, over, true);
    const centred = graph.node('Sub', [value.name, mean]);
    const square = graph.node('Mul', [centred, centred]);
    const variance = reduced(graph, 'ReduceMean', square, over, true);
    const epsilon = graph.floats(Float32Array.of(options.epsilon), []);
    const deviation = graph.node('Sqrt', [graph.node('Add', [variance, epsilon])]);
    let name = graph.node('Div', [centred, deviation]);
    if (options.scale) name = graph.node('Mul', [name, graph.floats(call.weight('gamma', dims), asItLies)]);
    if (options.center) name = graph.node('Add', [name, graph.floats(call.weight('beta', dims), asItLies)]);
    return same(value, name);
  }),
};

/** (input − mean) / √(variance + ε) · γ + β along a dimension, with `constants` γ, β, mean and variance. */
function normalized(
  along: number,
  constants: readonly [Float32Array, Float32Array, Float32Array, Float32Array],
  epsilon: number,
  { graph, input }: LayerCall,
): Value {
  if (axisOf(input, along) === 1) {
    // ONNX's own operator takes channels as the first dimension, and ONNX Runtime folds it into a convolution before it.
    const names = constants.map((values) => graph.floats(values, [values.length]));
    return same(input, graph.node('BatchNormalization', [input.name, ...names], { epsilon: float(epsilon) }));
  }
  const [gamma, beta, mean, variance] = constants;
  const scale = gamma.map((value, c) => value / Math.sqrt((variance[c] ?? 0) + epsilon));
  const shift = beta.map((value, c) => value - (mean[c] ?? 0) * (scale[c] ?? 0));
  return scaledAlong(along, scale, shift, { graph, input });
}

/** input · scale + shift, both vectors along the dimension `along` of TensorFlow's. */
export function scaledAlong(
  along: number,
  scale: Float32Array,
  shift: Float32Array,
  { graph, input }: Pick<LayerCall, 'graph' | 'input'>,
): Value {
  const dims = vectorDims(input, along);
  const scaled = graph.node('Mul', [input.name, graph.floats(scale, dims)]);
  return same(input, graph.node('Add', [scaled, graph.floats(shift, dims)]));
}

/** The dimensions of a vector that lies along the dimension `along` of a value. */
function vectorDims(value: Value, along: number): readonly number[] {
  return dimsOf(value).map((size, i) => (i + 1 === axisOf(value, along) ? size : 1));
}

function ones([size = 0]: readonly number[]): Float32Array {
  return new Float32Array(size).fill(1);
}

function zeros([size = 0]: readonly number[]): Float32Array {
  return new Float32Array(size);
}
