import { lengthOf } from './batch.js';
import { lyingAs } from './layout.js';
import { type Call, operand } from './operator.js';
import { type Constant, type Flow, isConstant, naturalOrder, sameList } from './values.js';

/** ONNX's operators that add a bias themselves, and which of a tensor's dimensions, as it lies, it belongs to. */
const TAKES_BIAS: Readonly<Record<string, number>> = { Conv: 1, ConvTranspose: 1, Gemm: 1 };

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
  const { graph, attributes, op } = call;
  const node = graph.giverOf(value.name);
  const at = TAKES_BIAS[node?.opType ?? ''];
  if (node?.input?.length !== 2 || at === undefined || !call.isSole(index)) return undefined;
  const axis = value.order[at] ?? 0;
  const rank = value.shape.length;
  const channels = value.shape[axis] ?? 1;
  const isFirst = op === 'BiasAdd' && attributes.text('data_format', 'NHWC') === 'NCHW';
  const biasAxis = isFirst ? 1 : rank - 1;
  const full = [...Array.from({ length: Math.max(0, rank - bias.shape.length) }, () => 1), ...bias.shape];
  const wanted = naturalOrder(rank).map((each) => (each === axis ? channels : 1));
  const fits =
    op === 'BiasAdd' ? axis === biasAxis && lengthOf(bias.shape) === channels : sameList(full, wanted);
  if (!fits) return undefined;
  const attribute = Object.fromEntries((node.attribute ?? []).map(({ name, ...rest }) => [name ?? '', rest]));
  const constants = [...(node.input ?? []), graph.floats(bias.values, [channels])];
  return lyingAs(value, graph.node(node.opType ?? '', constants, attribute));
}
