import { int } from '../../onnx/builder.js';
import { ELEMENT } from '../../onnx/tensor.js';
import { lyingAs } from './layout.js';
import { type Call, numberOf, type Operator, type Operators, operand } from './operator.js';
import { refusedOperator } from './refusals.js';
import { constant, isConstant, type Value } from './values.js';

/** What passes a tensor on. */
const pass: Operator = (call) => live(call, 0);

function live(call: Call, index: number): Value {
  const value = call.inputs[index];
  return value?.kind === 'dead' ? value : operand(call, index);
}

export const PLUMBING: Operators = {
  Identity: pass,
  StopGradient: pass,
  PreventGradient: pass,
  Snapshot: pass,
  CheckNumerics: pass,
  // TensorFlow.js passes it on too.
  FakeQuantWithMinMaxVars: pass,
  // A default that is not overridden: a phase of training, a rate of dropout.
  PlaceholderWithDefault: pass,
  ReadVariableOp: pass,
  Print: pass,
  IdentityN: (call) => call.inputs,
  Cast: (call) => {
    const { graph, attributes } = call;
    const value = operand(call, 0);
    const type = attributes.type('DstT');
    if (type === undefined) throw refusedOperator(call);
    if (isConstant(value)) {
      const cast = { float: Math.fround, int: Math.trunc, bool: (x: number) => (x === 0 ? 0 : 1) }[type];
      const numbers = Array.from(value.values, (each) => cast(each));
      return constant(type === 'float' ? Float32Array.from(numbers) : numbers, value.shape, type);
    }
    if (type === value.type || (type === 'float' && value.type === 'int')) return { ...value, type };
    if (type === 'bool') {
      const isZero = graph.node('Equal', [value.name, graph.floats([0], [])]);
      return { ...lyingAs(value, graph.node('Not', [isZero])), type };
    }
    // Integers lie as floats; a cast to integers cuts off what is behind the point.
    const source =
      value.type === 'bool' ? value.name : graph.node('Cast', [value.name], { to: int(ELEMENT.int32) });
    return { ...lyingAs(value, graph.node('Cast', [source], { to: int(ELEMENT.float) })), type };
  },
  // Control flow that a constant decides, as old exports have it for the phase of training.
  Switch: (call) => {
    const holds = numberOf(call, 1, 'condition') !== 0;
    const dead = { kind: 'dead' } as const;
    return holds ? [dead, live(call, 0)] : [live(call, 0), dead];
  },
  Merge: (call) => {
    const taken = call.inputs.findIndex((value) => value.kind !== 'dead');
    return [live(call, Math.max(0, taken)), constant([taken], [])];
  },
};
