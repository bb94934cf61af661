import { z } from 'zod';
import { axisOf, type Value } from '../builder.js';
import { same } from './activations.js';
import type { LayerCall } from './kind.js';
import { refusedUse } from './refusal.js';

const bound = z.int().nullish();
const range = z.strictObject({ start: bound, stop: bound, step: bound });
/** A range, or `...`, as Keras 2 and 3 write what stands in the brackets of `x[…]`. */
const itemSchema = z.union([
  range,
  z
    .looseObject({ class_name: z.enum(['slice', '__slice__']), config: range })
    .transform(({ config }) => config),
  z
    .looseObject({ class_name: z.enum(['slice', '__slice__']), config: z.tuple([bound, bound, bound]) })
    .transform(({ config: [start, stop, step] }) => ({ start, stop, step })),
  z.literal('...'),
  z.looseObject({ class_name: z.literal('__ellipsis__') }).transform(() => '...' as const),
]);
const specSchema = z.array(itemSchema);

const WHOLE = { start: null, stop: null, step: null };

/** `x[…]` of ranges: parts of an image, or its channels the other way round. */
export function sliced(call: LayerCall): Value {
  const { graph, input, layer } = call;
  const operand = call.named.slice_spec ?? call.positional[1];
  const given = operand !== undefined && 'constant' in operand ? operand.constant : undefined;
  const spec = specSchema.safeParse(Array.isArray(given) ? given : [given]);
  if (!spec.success) throw refusedUse(layer, 'takes parts of a tensor in a way that is not converted');
  const rank = input.shape.length + 1;
  const missing = rank - spec.data.filter((item) => item !== '...').length;
  const items = spec.data.flatMap((item) =>
    item === '...' ? Array.from({ length: missing }, () => WHOLE) : [item],
  );
  let value = input;
  items.slice(1).forEach(({ start, stop, step }, i) => {
    const by = step ?? 1;
    if ((start ?? undefined) === undefined && (stop ?? undefined) === undefined && by === 1) return;
    const length = value.shape[i] ?? 1;
    const from = start ?? (by > 0 ? 0 : length - 1);
    const to = stop ?? (by > 0 ? length : -length - 1);
    const bounds = [[from], [to], [axisOf(value, i)], [by]].map((each) => graph.integers(each));
    const clampedFrom = Math.min(from < 0 ? from + length : from, by > 0 ? length : length - 1);
    const clampedTo = Math.min(to < 0 ? to + length : to, length);
    const count = Math.max(0, Math.ceil((clampedTo - clampedFrom) / by));
    if (count === 0) throw refusedUse(layer, 'takes an empty part of a tensor');
    const shape = value.shape.map((size, axis) => (axis === i ? count : size));
    value = same({ ...value, shape }, graph.node('Slice', [value.name, ...bounds]));
  });
  return value;
}
