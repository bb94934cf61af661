import { type GraphBuilder, int, ints } from '../builder.js';

/** An operator that makes one number of all along `axes`, which count as they lie in ONNX, with the batch. */
export function reduced(
  graph: GraphBuilder,
  operator: string,
  name: string,
  axes: readonly number[],
  kept: boolean,
): string {
  return graph.node(operator, [name], { axes: ints(axes), keepdims: int(kept ? 1 : 0) });
}
