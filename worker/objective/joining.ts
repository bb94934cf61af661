import type { ObjectiveSpec } from '../../protocol/spec/objective-spec.js';

/** How the answers of several networks become one. */
export interface Joining {
  readonly reduce: ObjectiveSpec['reduce'];
  /** Of each network its class for each class of the first. */
  readonly orders: readonly (readonly number[])[];
}

/** What networks say of images, each in shape [images, classes] and in its own order of classes, as one: in the first's order. */
export function joinRows(rows: readonly Float32Array[], { orders, reduce }: Joining): Float32Array {
  const ordered = rows.map((row, i) => inOrder(row, orders[i] ?? []));
  const [first = new Float32Array()] = ordered;
  return first.map((_, at) => {
    const seen = ordered.map((row) => row[at] ?? Number.NaN);
    return reduce === 'minimum' ? Math.min(...seen) : seen.reduce((sum, each) => sum + each, 0) / seen.length;
  });
}

/** Rows of a network, shape [images, classes], in the first network's order of the classes. */
export function inOrder(rows: Float32Array, order: readonly number[]): Float32Array {
  const classes = order.length;
  return rows.map((_, at) => rows[at - (at % classes) + (order[at % classes] ?? 0)] ?? Number.NaN);
}
