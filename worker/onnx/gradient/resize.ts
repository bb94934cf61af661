import { type AttributeMap, float, int, text } from '../builder.js';
import { counted, frontAxis } from '../shapes/list.js';
import { transpose } from './formula.js';
import type { Call, Rule } from './rule.js';

/** How Resize samples, in all its modes: the same along each axis. */
const TEXTS = ['mode', 'coordinate_transformation_mode', 'nearest_mode'];
const NUMBERS = ['cubic_coeff_a', 'extrapolation_value'];
const FLAGS = ['exclude_outside', 'antialias'];

/**
 * Resize is a product with a matrix along each axis, in every mode. The matrix is what Resize itself makes of an identity, so
 * the gradient is that of the engine's own way of sampling: a product with the matrix transposed.
 */
export const resize: Rule = (call) => {
  const [x = '', , scales = '', sizes = ''] = call.inputs;
  const { attributes } = call;
  const from = call.shape(x);
  const to = call.shape(call.outputs[0] ?? '');
  if (attributes.text('coordinate_transformation_mode', '') === 'tf_crop_and_resize')
    throw call.refusal('it crops as it resizes');
  const axes = (attributes.numbers('axes') ?? counted(from.length)).map((axis) =>
    frontAxis(axis, from.length),
  );
  const factors = sizes === '' ? call.reals(scales) : undefined;
  const factor = (axis: number) => factors?.[axes.indexOf(axis)];
  const moved = axes.filter((axis) => from[axis] !== to[axis] || (factor(axis) ?? 1) !== 1);
  return [() => moved.reduce((gradient, axis) => back(call, gradient, axis, factor(axis)), call.gradient())];
};

/** The gradient before axis `axis` was resized. */
function back(call: Call, gradient: string, axis: number, factor: number | undefined): string {
  const { graph } = call;
  const [from = 1, to = 1] = [
    call.shape(call.inputs[0] ?? '')[axis],
    call.shape(call.outputs[0] ?? '')[axis],
  ];
  const identity = graph.floats(
    Float32Array.from({ length: from * from }, (_, i) => (i % (from + 1) === 0 ? 1 : 0)),
    [1, 1, from, from],
  );
  const target =
    factor === undefined ? ['', graph.integers([1, 1, to, from])] : [graph.floats([1, 1, factor, 1], [4])];
  const resized = graph.node('Resize', [identity, '', ...target], samplingOf(call));
  const matrix = graph.node('Reshape', [resized, graph.integers([to, from])]);
  const rank = call.shape(call.outputs[0] ?? '').length;
  const order = [...counted(rank).filter((each) => each !== axis), axis];
  const product = graph.node('MatMul', [transpose(call, gradient, order), matrix]);
  return transpose(
    call,
    product,
    counted(rank).map((each) => order.indexOf(each)),
  );
}

/** What the node says of its sampling. */
function samplingOf({ attributes }: Call): AttributeMap {
  const found: Record<string, AttributeMap[string]> = {};
  for (const name of TEXTS) {
    const value = attributes.text(name, '');
    if (value !== '') found[name] = text(value);
  }
  for (const name of [...NUMBERS, ...FLAGS]) {
    const value = attributes.number(name, Number.NaN);
    if (!Number.isNaN(value)) found[name] = FLAGS.includes(name) ? int(value) : float(value);
  }
  return found;
}
