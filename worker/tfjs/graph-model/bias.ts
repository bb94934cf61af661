import type { GraphBuilder } from '../../onnx/builder.js';
import type { NodeProto } from '../../onnx/file.js';
import { lengthOf } from '../shape.js';
import { broadcast } from './broadcast.js';
import { lyingAs } from './layout.js';
import { type Call, operand } from './operator.js';
import { type Constant, type Flow, isConstant, naturalOrder, sameList } from './values.js';

/** ONNX's operators that add a bias themselves. It belongs to the dimension that lies second. */
const TAKES_BIAS = new Set(['Conv', 'ConvTranspose', 'Gemm']);

/**
 * The sum of a convolution, or of a product of matrices, and of a constant for each channel, as one node. Undefined when
 * `call` adds something else. The node without the bias stays behind, and goes where nothing else needs it.
 */
export function withBias(call: Call): Flow | undefined {
  const [value, bias] = [operand(call, 0), operand(call, 1)];
  if (value.kind === 'flow' && isConstant(bias)) return biased(call, 0, value, bias);
  if (bias.kind === 'flow' && isConstant(value)) return biased(call, 1, bias, value);
  return undefined;
}

function biased(call: Call, index: number, value: Flow, bias: Constant): Flow | undefined {
  if (!call.isSole(index)) return undefined;
  const { terms } = value;
  // TensorFlow's optimiser takes the bias of a convolution out of the sum that it is in: (x + c) + b, where c + b is meant.
  const term = terms?.values[terms.open];
  if (terms !== undefined && term?.kind === 'flow') {
    const whole = biasedNode(call, term, bias);
    return whole && summed(call, terms.values.with(terms.open, whole));
  }
  return biasedNode(call, value, bias);
}

function biasedNode(call: Call, value: Flow, bias: Constant): Flow | undefined {
  const { graph } = call;
  const node = openGiver(graph, value);
  if (node === undefined || !isOfChannels(call, value, bias)) return undefined;
  const attribute = Object.fromEntries((node.attribute ?? []).map(({ name, ...rest }) => [name ?? '', rest]));
  const inputs = [...(node.input ?? []), graph.floats(bias.values, [bias.values.length])];
  return lyingAs(value, graph.node(node.opType ?? '', inputs, attribute));
}

/** The node that gives `value`, where it can take a bias and has none. */
function openGiver(graph: GraphBuilder, { name }: Flow): NodeProto | undefined {
  const node = graph.giverOf(name);
  return TAKES_BIAS.has(node?.opType ?? '') && node?.input?.length === 2 ? node : undefined;
}

/** Whether `bias` has one number for each channel of `value`, which lie second, and nothing else. */
function isOfChannels({ op, attributes }: Call, { shape, order }: Flow, bias: Constant): boolean {
  const axis = order[1] ?? 0;
  const channels = shape[axis] ?? 1;
  const rank = shape.length;
  if (op === 'BiasAdd') {
    const last = attributes.text('data_format', 'NHWC') === 'NCHW' ? 1 : rank - 1;
    return axis === last && lengthOf(bias.shape) === channels;
  }
  const full = [...Array.from({ length: Math.max(0, rank - bias.shape.length) }, () => 1), ...bias.shape];
  return sameList(
    full,
    naturalOrder(rank).map((each) => (each === axis ? channels : 1)),
  );
}

/** Whether term `index` of a sum of this shape can take what is added to the sum. */
export function isOpen(call: Call, index: number, value: Constant | Flow, shape: readonly number[]): boolean {
  return (
    value.kind === 'flow' &&
    sameList(value.shape, shape) &&
    call.isSole(index) &&
    openGiver(call.graph, value) !== undefined
  );
}

/** The sum of all `values`. */
export function summed(call: Call, values: readonly (Constant | Flow)[]): Flow {
  const { names, shape, order } = broadcast(call, values);
  const [first = ''] = names;
  const name = names.length === 1 ? first : call.graph.node(names.length === 2 ? 'Add' : 'Sum', names);
  return { kind: 'flow', type: values[0]?.type ?? 'float', shape, order, name };
}
