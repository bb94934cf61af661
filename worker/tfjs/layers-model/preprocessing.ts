import { z } from 'zod';
import { lengthOf } from '../shape.js';
import { numbersOf, withConstant } from './elementwise.js';
import { axisIn, type LayerKind, layerKind, option } from './kind.js';
import { refusedUse } from './refusal.js';
import type { Value } from './values.js';

/** Numbers in an option, which may be one or a list of lists. */
const numbers = z.unknown().transform((value, context) => {
  const read = numbersOf(value);
  if (read !== undefined) return read;
  context.addIssue({ code: 'custom', message: 'is no number and no list of numbers' });
  return z.NEVER;
});

/** Keras keeps a deviation from 0 by it. */
const LEAST_DEVIATION = 1e-7;

/** Keras's layers that scale what a network takes. */
export const PREPROCESSING_KINDS: Readonly<Record<string, LayerKind>> = {
  Rescaling: layerKind(
    {
      scale: numbers.default({ values: [1], shape: [] }),
      offset: numbers.default({ values: [0], shape: [] }),
    },
    ({ scale, offset }, call) => {
      const { graph, layer } = call;
      call.scales(scale.values[0] ?? 1, offset.values[0] ?? 0);
      const scaled = withConstant(graph, 'Mul', call.input, scale, { swapped: false, layer });
      return withConstant(graph, 'Add', scaled, offset, { swapped: false, layer });
    },
  ),

  /** (input − mean) / max(√variance, 10⁻⁷), or the inverse of it. An axis of null is one mean for all. */
  Normalization: (config, call) => normalization('axis' in config ? config : { ...config, axis: -1 }, call),
};

const normalization = layerKind(
  {
    axis: option.axes.optional(),
    mean: numbers.optional(),
    variance: numbers.optional(),
    invert: z.boolean().default(false),
  },
  (options, call) => {
    const { input, layer } = call;
    const kept = (options.axis ?? []).map((axis) => axisIn(input.shape, axis, layer));
    const dims = kept.map((axis) => input.shape[axis] ?? 1);
    const read = (name: 'mean' | 'variance') => {
      const values = options[name]?.values ?? [...call.weight(name, dims)];
      if (values.length === 1 || values.length === lengthOf(dims)) return values;
      throw refusedUse(layer, `has ${values.length} numbers in its option ${name}`);
    };
    const mean = read('mean');
    const deviation = read('variance').map((value) => Math.max(Math.sqrt(value), LEAST_DEVIATION));
    const scale = mean.map((_, i) => 1 / (deviation[i] ?? deviation[0] ?? 1));
    const shape = input.shape.map((size, i) => (kept.includes(i) ? size : 1));
    const [divide, shift] = options.invert ? (['Mul', 'Add'] as const) : (['Div', 'Sub'] as const);
    call.scales(scale[0] ?? 1, -(mean[0] ?? 0) * (scale[0] ?? 1));
    const steps: readonly [string, readonly number[]][] = [
      [shift, mean],
      [divide, deviation],
    ];
    return (options.invert ? steps.toReversed() : steps).reduce<Value>((value, [type, values]) => {
      const constant = values.length === 1 ? { values, shape: [] } : { values, shape };
      return withConstant(call.graph, type, value, constant, { swapped: false, layer });
    }, input);
  },
);
