import { isBatched } from '../../onnx/batch.js';
import { int } from '../../onnx/builder.js';
import { lyingAs } from './layout.js';
import { type Call, flowOf, type Operator, type Operators, operand } from './operator.js';
import { refusedUse } from './refusals.js';
import { type Flow, sameList } from './values.js';

export const SOFTMAXES: Operators = {
  Softmax: overLast('Softmax'),
  LogSoftmax: overLast('LogSoftmax'),
};

/** Softmax and its logarithm are over TensorFlow's last dimension, wherever that lies. */
function overLast(type: string): Operator {
  return (call) => {
    const value = flowOf(call, 0);
    if (isBatched(value.shape.at(-1) ?? 1)) throw refusedUse(call, 'it mixes the images of a batch');
    const axis = value.order.indexOf(value.shape.length - 1);
    return lyingAs(value, call.graph.node(type, [value.name], { axis: int(axis) }));
  };
}

/**
 * A quotient e^x / Σ e^x, which is how some exporters write a softmax, as the one node that it is: so its kind can be read
 * off the graph. Of e^(x − max x) the maximum goes too. Undefined for any other quotient.
 */
export function softmaxOf(call: Call): Flow | undefined {
  const { graph } = call;
  const [value, sum] = [operand(call, 0), operand(call, 1)];
  if (value.kind !== 'flow' || sum.kind !== 'flow' || !sameList(value.order, sum.order)) return undefined;
  const exponential = graph.giverOf(value.name);
  const total = graph.giverOf(sum.name);
  if (exponential?.opType !== 'Exp' || total?.opType !== 'ReduceSum' || total.input?.[0] !== value.name) {
    return undefined;
  }
  const [axis, ...others] = value.order.filter((each) => value.shape[each] !== sum.shape[each]);
  if (axis === undefined || others.length > 0) return undefined;
  const [logits = ''] = exponential.input ?? [];
  const difference = graph.giverOf(logits);
  const [from = '', most = ''] = difference?.input ?? [];
  const highest = graph.giverOf(most);
  const isShifted =
    difference?.opType === 'Sub' && highest?.opType === 'ReduceMax' && highest.input?.[0] === from;
  const at = int(value.order.indexOf(axis));
  return lyingAs(value, graph.node('Softmax', [isShifted ? from : logits], { axis: at }));
}
