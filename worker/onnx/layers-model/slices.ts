import { z } from 'zod';
import { axisOf, type Value } from '../builder.js';
import { same } from './activations.js';
import type { LayerCall, LayerName } from './kind.js';
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

type Range = z.output<typeof range>;

const WHOLE: Range = { start: null, stop: null, step: null };

/** `x[…]` of ranges: parts of an image, or its channels the other way round. */
export function sliced(call: LayerCall): Value {
  const { graph, input, layer } = call;
  const operand = call.named.slice_spec ?? call.positional[1];
  const given = operand !== undefined && 'constant' in operand ? operand.constant : undefined;
  const spec = specSchema.safeParse(Array.isArray(given) ? given : [given]);
  if (!spec.success) throw refusedUse(layer, 'takes parts of a tensor in a way that is not converted');
  const missing = input.shape.length + 1 - spec.data.filter((item) => item !== '...').length;
  const ranges = spec.data.flatMap((item) =>
    item === '...' ? Array.from({ length: missing }, () => WHOLE) : [item],
  );
  const [batch = WHOLE, ...rest] = ranges;
  if (!isWhole(batch)) throw refusedUse(layer, 'takes a part of the images that it is called on');
  let value = input;
  for (const [i, range] of rest.entries()) {
    if (!isWhole(range)) value = part(graph, value, i, range, layer);
  }
  return value;
}

function isWhole({ start, stop, step }: Range): boolean {
  return (start ?? null) === null && (stop ?? null) === null && (step ?? 1) === 1;
}

/** The range of a dimension, counted without the batch; indices below 0 count from its end, as in Python. */
function part(
  graph: LayerCall['graph'],
  value: Value,
  axis: number,
  { start, stop, step }: Range,
  layer: LayerName,
): Value {
  const by = step ?? 1;
  const length = value.shape[axis] ?? 1;
  const from = start ?? (by > 0 ? 0 : length - 1);
  const to = stop ?? (by > 0 ? length : -length - 1);
  const first = Math.min(from < 0 ? from + length : from, by > 0 ? length : length - 1);
  const end = Math.min(to < 0 ? to + length : to, length);
  const count = Math.ceil((end - first) / by);
  if (count < 1) throw refusedUse(layer, 'takes an empty part of a tensor');
  const bounds = [[from], [to], [axisOf(value, axis)], [by]].map((each) => graph.integers(each));
  const shape = value.shape.map((size, i) => (i === axis ? count : size));
  return same({ ...value, shape }, graph.node('Slice', [value.name, ...bounds]));
}
