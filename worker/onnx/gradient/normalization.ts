import { counted, frontAxis, product } from '../shapes/list.js';
import {
  add,
  div,
  greater,
  mean,
  mul,
  neg,
  perChannel,
  pow,
  reshape,
  square,
  sub,
  sum,
  unbroadcast,
  where,
} from './formula.js';
import type { Call, Rule } from './rule.js';

/** Normalisations, as a network that is not being trained computes them. */

/** y = s (x − m) / √(v + ε) + b, with constants for each channel. */
export const batchNormalization: Rule = (call) => {
  if (call.attributes.flag('training_mode')) throw call.refusal('it takes its statistics from the batch');
  if (!call.attributes.flag('spatial', true)) throw call.refusal('its statistics are of each pixel');
  const [x = '', scale = '', , average = '', variance = ''] = call.inputs;
  const shape = call.shape(x);
  const channels = shape[1] ?? 1;
  const rest = counted(shape.length).filter((axis) => axis !== 1);
  const epsilon = call.attributes.number('epsilon', 1e-5);
  const inverse = () => inverseDeviation(call, variance, epsilon);
  const each = (value: string) => perChannel(call, value, channels, shape.length);
  const total = (value: string) => reshape(call, sum(call, value, rest), [channels]);
  const centred = () => sub(call, x, each(average));
  return [
    () => mul(call, call.gradient(), each(factor(call, scale, variance, epsilon))),
    () => mul(call, total(mul(call, call.gradient(), centred())), inverse()),
    () => total(call.gradient()),
    () => neg(call, mul(call, total(call.gradient()), factor(call, scale, variance, epsilon))),
    () => {
      const moved = total(mul(call, call.gradient(), centred()));
      return mul(call, -0.5, mul(call, mul(call, moved, scale), pow(call, inverse(), 3)));
    },
  ];
};

function inverseDeviation(call: Call, variance: string, epsilon: number): string {
  return pow(call, add(call, variance, epsilon), -0.5);
}

/** s / √(v + ε), as a constant where both are constants. */
function factor(call: Call, scale: string, variance: string, epsilon: number): string {
  const [s, v] = [call.floats(scale), call.floats(variance)];
  if (s === undefined || v === undefined) return mul(call, scale, inverseDeviation(call, variance, epsilon));
  return call.graph.floats(
    s.map((each, c) => each / Math.sqrt((v[c] ?? 0) + epsilon)),
    [s.length],
  );
}

/**
 * x̂ = (x − mean) / √(variance + ε) over `axes`; with ĝ the gradient of x̂ and r = 1/√(variance + ε):
 * dx = r (ĝ − mean ĝ − x̂ mean(ĝ x̂)).
 */
function normalized(call: Call, axes: readonly number[], x = call.inputs[0] ?? '') {
  const centred = sub(call, x, mean(call, x, axes));
  const variance = mean(call, square(call, centred), axes);
  const inverse = inverseDeviation(call, variance, call.attributes.number('epsilon', 1e-5));
  const hat = mul(call, centred, inverse);
  const back = (gradient: string) => {
    const even = mean(call, gradient, axes);
    const along = mul(call, hat, mean(call, mul(call, gradient, hat), axes));
    return mul(call, inverse, sub(call, sub(call, gradient, even), along));
  };
  return { hat, back };
}

export const layerNormalization: Rule = (call) => {
  const [x = '', scale = '', offset = ''] = call.inputs;
  if (call.has(1) || call.has(2)) throw call.refusal('its statistics are used too');
  const shape = call.shape(x);
  const axis = frontAxis(call.attributes.number('axis', -1), shape.length);
  const axes = counted(shape.length).slice(axis);
  return [
    () => normalized(call, axes).back(mul(call, call.gradient(), scale)),
    () => unbroadcast(call, mul(call, call.gradient(), normalized(call, axes).hat), shape, call.shape(scale)),
    () => unbroadcast(call, call.gradient(), shape, call.shape(offset)),
  ];
};

export const instanceNormalization: Rule = (call) => {
  const [x = '', scale = ''] = call.inputs;
  const shape = call.shape(x);
  const channels = shape[1] ?? 1;
  const axes = counted(shape.length).slice(2);
  const wide = [channels, ...axes.map(() => 1)];
  const total = (value: string) => perChannel(call, unbroadcast(call, value, shape, wide), channels, 2);
  return [
    () =>
      normalized(call, axes).back(
        mul(call, call.gradient(), perChannel(call, scale, channels, shape.length)),
      ),
    () => total(mul(call, call.gradient(), normalized(call, axes).hat)),
    () => total(call.gradient()),
  ];
};

/** Channels in groups; until operator set 21 a scale and an offset are a group's, since then a channel's. */
export const groupNormalization: Rule = (call) => {
  const [x = '', scale = ''] = call.inputs;
  const shape = call.shape(x);
  const [images = 1, channels = 1, ...sizes] = shape;
  const groups = call.attributes.number('num_groups', 1);
  const grouped = [images, groups, (channels / groups) * product(sizes)];
  const isPerGroup = call.shape(scale)[0] !== channels;
  // A number for each, as it is broadcast to the groups and to the channels.
  const [each, wide] = isPerGroup
    ? [grouped, [groups, 1]]
    : [
        [images, channels, product(sizes)],
        [channels, 1],
      ];
  const hat = () => reshape(call, normalized(call, [2], reshape(call, x, grouped)).hat, each);
  const gradient = () => reshape(call, call.gradient(), each);
  const total = (value: string) => reshape(call, unbroadcast(call, value, each, wide), wide.slice(0, 1));
  return [
    () => {
      const scaled = mul(call, gradient(), reshape(call, scale, wide));
      const { back } = normalized(call, [2], reshape(call, x, grouped));
      return reshape(call, back(reshape(call, scaled, grouped)), shape);
    },
    () => total(mul(call, gradient(), hat())),
    () => total(gradient()),
  ];
};

/**
 * Local response normalisation, y = x n^−β with n = k + α/size Σ x² over neighbouring channels:
 * dx = g n^−β − 2αβ/size · x · Σ g x n^(−β−1), the sum over the channels that x is a neighbour of.
 */
export const localResponseNormalization: Rule = (call) => {
  const [x = ''] = call.inputs;
  const { attributes } = call;
  const size = attributes.number('size', 1);
  const alpha = attributes.number('alpha', 1e-4);
  const beta = attributes.number('beta', 0.75);
  const below = Math.floor((size - 1) / 2);
  const above = size - 1 - below;
  return [
    () => {
      const around = neighbours(call, square(call, x), below, above);
      const n = add(call, attributes.number('bias', 1), mul(call, alpha / size, around));
      const gradient = call.gradient();
      const direct = mul(call, gradient, pow(call, n, -beta));
      const weighted = mul(call, mul(call, gradient, x), pow(call, n, -beta - 1));
      const others = neighbours(call, weighted, above, below);
      return sub(call, direct, mul(call, (2 * alpha * beta) / size, mul(call, x, others)));
    },
  ];
};

/** The sum over the channels from `below` before to `above` behind each: a product with a matrix of ones and zeros. */
function neighbours(call: Call, x: string, below: number, above: number): string {
  const { graph } = call;
  const shape = call.shape(call.inputs[0] ?? '');
  const channels = shape[1] ?? 1;
  const band = Float32Array.from({ length: channels * channels }, (_, i) => {
    const [to, from] = [Math.floor(i / channels), i % channels];
    return from >= to - below && from <= to + above ? 1 : 0;
  });
  const rows = reshape(call, x, [shape[0] ?? 1, channels, shape.slice(2).reduce((a, b) => a * b, 1)]);
  const summed = graph.node('MatMul', [graph.floats(band, [channels, channels]), rows]);
  return reshape(call, summed, shape);
}

/** y = x / ‖x‖₂ along an axis: dx = (g − y Σ g y) / ‖x‖, and nothing where x is 0. */
export const lpNormalization: Rule = (call) => {
  if (call.attributes.number('p', 2) !== 2) throw call.refusal('its norm is not the Euclidean');
  const [x = ''] = call.inputs;
  const [y = ''] = call.outputs;
  const axis = frontAxis(call.attributes.number('axis', -1), call.shape(x).length);
  return [
    () => {
      const gradient = call.gradient();
      const norm = pow(call, sum(call, square(call, x), [axis]), 0.5);
      const across = sub(call, gradient, mul(call, y, sum(call, mul(call, gradient, y), [axis])));
      return where(call, greater(call, norm, 0), div(call, across, norm), 0);
    },
  ];
};
