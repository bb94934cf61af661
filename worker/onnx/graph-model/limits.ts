import type { Builder } from './builder.js';
import { lyingAs } from './layout.js';
import { type Call, operand } from './operator.js';
import { type Constant, type Flow, isConstant, type Limits } from './values.js';

/** The numbers of the tensor `name`, none of them less than `least` or more than `most`. */
export function clipped(graph: Builder, name: string, { least, most }: Limits): string {
  if (least === 0 && most === undefined) return graph.node('Relu', [name]);
  const lower = least === undefined ? '' : graph.floats([least], []);
  const inputs = most === undefined ? [name, lower] : [name, lower, graph.floats([most], [])];
  return graph.node('Clip', inputs);
}

/**
 * The maximum or the minimum of a tensor and one number, as a limit. Both, one after the other, which is how some exporters
 * write a Relu6, are one node, and ONNX Runtime makes it a part of the convolution before it. Undefined for anything else.
 */
export function limited(call: Call, side: keyof Limits): Flow | undefined {
  const [a, b] = [operand(call, 0), operand(call, 1)];
  if (a.kind === 'flow' && isConstant(b)) return limit(call, 0, a, b, side);
  if (b.kind === 'flow' && isConstant(a)) return limit(call, 1, b, a, side);
  return undefined;
}

function limit(
  call: Call,
  index: number,
  value: Flow,
  bound: Constant,
  side: keyof Limits,
): Flow | undefined {
  const number = bound.values[0];
  if (number === undefined || bound.values.length !== 1 || bound.shape.length > value.shape.length) {
    return undefined;
  }
  const before = call.isSole(index) ? value.limited : undefined;
  const joined = before && { ...before.limits, [side]: number };
  const isBoth =
    before !== undefined &&
    before.limits[side] === undefined &&
    (joined?.least ?? number) <= (joined?.most ?? number);
  const limits: Limits = isBoth && joined !== undefined ? joined : { [side]: number };
  const inside = isBoth ? before.inside : value;
  return { ...lyingAs(value, clipped(call.graph, inside.name, limits)), limited: { inside, limits } };
}
