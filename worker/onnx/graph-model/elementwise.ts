import { isOpen, summed, withBias } from './bias.js';
import { pixelwise } from './blocks.js';
import { broadcast, broadcastShape, foldAll } from './broadcast.js';
import type { Builder } from './builder.js';
import { lyingAs } from './layout.js';
import { limited } from './limits.js';
import { type Call, type Operator, type Operators, operand } from './operator.js';
import { softmaxOf } from './softmax.js';
import { type Constant, constant, type ElementType, type Flow, isConstant } from './values.js';

type Emit = (graph: Builder, names: readonly string[]) => string;

interface Binary {
  /** The ONNX operator, or how several make it. */
  readonly onnx: string | Emit;
  readonly fold: (a: number, b: number) => number;
  /** The type of the result, where it is not that of the operands. */
  readonly type?: ElementType;
}

const truth = (holds: boolean) => (holds ? 1 : 0);

const BINARY: Readonly<Record<string, Binary>> = {
  Sub: { onnx: 'Sub', fold: (a, b) => a - b },
  Mul: { onnx: 'Mul', fold: (a, b) => a * b },
  DivNoNan: {
    onnx: (graph, [a = '', b = '']) => {
      const zero = graph.floats([0], []);
      const quotient = graph.node('Div', [a, b]);
      return graph.node('Where', [graph.node('Equal', [b, zero]), zero, quotient]);
    },
    fold: (a, b) => (b === 0 ? 0 : a / b),
  },
  FloorDiv: {
    onnx: (graph, names) => graph.node('Floor', [graph.node('Div', names)]),
    fold: (a, b) => Math.floor(a / b),
  },
  FloorMod: { onnx: floorMod, fold: (a, b) => a - Math.floor(a / b) * b },
  Mod: { onnx: floorMod, fold: (a, b) => a - Math.floor(a / b) * b },
  Pow: { onnx: 'Pow', fold: Math.pow },
  SquaredDifference: {
    onnx: (graph, names) => {
      const difference = graph.node('Sub', names);
      return graph.node('Mul', [difference, difference]);
    },
    fold: (a, b) => (a - b) ** 2,
  },
  Greater: { onnx: 'Greater', fold: (a, b) => truth(a > b), type: 'bool' },
  GreaterEqual: { onnx: 'GreaterOrEqual', fold: (a, b) => truth(a >= b), type: 'bool' },
  Less: { onnx: 'Less', fold: (a, b) => truth(a < b), type: 'bool' },
  LessEqual: { onnx: 'LessOrEqual', fold: (a, b) => truth(a <= b), type: 'bool' },
  Equal: { onnx: 'Equal', fold: (a, b) => truth(a === b), type: 'bool' },
  NotEqual: {
    onnx: (graph, names) => graph.node('Not', [graph.node('Equal', names)]),
    fold: (a, b) => truth(a !== b),
    type: 'bool',
  },
  LogicalAnd: { onnx: 'And', fold: (a, b) => truth(a !== 0 && b !== 0) },
  LogicalOr: { onnx: 'Or', fold: (a, b) => truth(a !== 0 || b !== 0) },
};

function floorMod(graph: Builder, [a = '', b = '']: readonly string[]): string {
  const floors = graph.node('Floor', [graph.node('Div', [a, b])]);
  return graph.node('Sub', [a, graph.node('Mul', [floors, b])]);
}

function binary({ onnx, fold, type }: Binary): Operator {
  return pixelwise((call) => {
    const a = operand(call, 0);
    const b = operand(call, 1);
    if (isConstant(a) && isConstant(b)) {
      const folded = foldAll(call, [a, b], fold);
      return type === undefined ? folded : constant(Array.from(folded.values), folded.shape, type);
    }
    const { names, shape, order } = broadcast(call, [a, b]);
    const name = typeof onnx === 'string' ? call.graph.node(onnx, names) : onnx(call.graph, names);
    return { kind: 'flow', type: type ?? resultType(a, b), shape, order, name };
  });
}

/** A sum or quotient of integers is one; with a float among them it is a float. */
function resultType(a: Constant | Flow, b: Constant | Flow): ElementType {
  return a.type === 'float' || b.type === 'float' ? 'float' : a.type;
}

const add = binary({ onnx: 'Add', fold: (a, b) => a + b });

/** A bias that follows a convolution or a product of matrices becomes a part of it. */
const addition = pixelwise((call) => withBias(call) ?? add(call));

const maximum = binary({ onnx: 'Max', fold: Math.max });
const minimum = binary({ onnx: 'Min', fold: Math.min });

/** TensorFlow.js rounds a quotient of integers down. */
const division: Operator = (call) => {
  const integers = operand(call, 0).type === 'int' && operand(call, 1).type === 'int';
  const floored = BINARY.FloorDiv;
  if (integers && floored !== undefined) return binary(floored)(call);
  return softmaxOf(call) ?? binary({ onnx: 'Div', fold: (a, b) => a / b })(call);
};

export const ELEMENTWISE: Operators = {
  ...Object.fromEntries(Object.entries(BINARY).map(([op, each]) => [op, binary(each)])),
  Add: addition,
  AddV2: addition,
  BiasAdd: pixelwise((call) => withBias(call) ?? add(channelBias(call))),
  Maximum: pixelwise((call) => limited(call, 'least') ?? maximum(call)),
  Minimum: pixelwise((call) => limited(call, 'most') ?? minimum(call)),
  RealDiv: division,
  Div: division,
  AddN: (call) => {
    const values = call.inputs.map((_, i) => operand(call, i));
    const constants = values.filter(isConstant);
    if (constants.length === values.length) {
      return foldAll(call, constants, (...numbers) => numbers.reduce((sum, each) => sum + each, 0));
    }
    const sum = summed(call, values);
    const open = values.findIndex((value, i) => isOpen(call, i, value, sum.shape));
    return open === -1 ? sum : { ...sum, terms: { values, open } };
  },
  LogicalNot: (call) => {
    const value = operand(call, 0);
    if (isConstant(value)) return foldAll(call, [value], (each) => truth(each === 0));
    return lyingAs(value, call.graph.node('Not', [value.name]));
  },
  Select: select,
  SelectV2: select,
};

/** A bias of channels that come first is one number for each of them, not for each column. */
function channelBias(call: Call): Call {
  const value = operand(call, 0);
  const bias = operand(call, 1);
  if (call.attributes.text('data_format', 'NHWC') !== 'NCHW' || !isConstant(bias)) return call;
  const shape = [bias.shape[0] ?? 1, ...value.shape.slice(2).map(() => 1)];
  return { ...call, inputs: [value, { ...bias, shape }] };
}

function select(call: Call): Constant | Flow {
  const [condition, a, b] = [operand(call, 0), operand(call, 1), operand(call, 2)];
  if (isConstant(condition) && isConstant(a) && isConstant(b)) {
    const folded = foldAll(call, [condition, a, b], (holds, yes = 0, no = 0) => (holds ? yes : no));
    return constant(Array.from(folded.values), folded.shape, a.type);
  }
  if (isConstant(condition) && condition.values.length === 1) {
    const taken = condition.values[0] === 0 ? b : a;
    if (String(broadcastShape(call, [a, b])) === String(taken.shape)) return taken;
  }
  const { names, shape, order } = broadcast(call, [condition, a, b]);
  return { kind: 'flow', type: a.type, shape, order, name: call.graph.node('Where', names) };
}
