import { type AttributeMap, float, type GraphBuilder } from '../../onnx/builder.js';
import { pixelwise } from './blocks.js';
import { broadcast, foldAll } from './broadcast.js';
import { flowing, lyingAs } from './layout.js';
import { clipped } from './limits.js';
import { type Call, type Operator, type Operators, operand } from './operator.js';
import { type Constant, type Flow, isConstant } from './values.js';

type Emit = (graph: GraphBuilder, name: string) => string;

/** An operator of ONNX as it is. */
const same =
  (type: string, attributes?: AttributeMap): Emit =>
  (graph, name) =>
    graph.node(type, [name], attributes);

const withOne =
  (type: string): Emit =>
  (graph, name) =>
    graph.node(type, [name, graph.floats([1], [])]);

/** Operators of one tensor that give one of the same shape: how ONNX has them, and what they make of a number. */
const UNARY: Readonly<Record<string, readonly [Emit, (x: number) => number]>> = {
  Relu: [same('Relu'), (x) => Math.max(0, x)],
  Relu6: [(graph, name) => clipped(graph, name, { least: 0, most: 6 }), (x) => Math.min(6, Math.max(0, x))],
  Elu: [same('Elu'), (x) => (x < 0 ? Math.expm1(x) : x)],
  Selu: [same('Selu'), selu],
  Sigmoid: [same('Sigmoid'), (x) => 1 / (1 + Math.exp(-x))],
  Tanh: [same('Tanh'), Math.tanh],
  Softplus: [same('Softplus'), (x) => Math.log1p(Math.exp(x))],
  Softsign: [same('Softsign'), (x) => x / (1 + Math.abs(x))],
  Erf: [same('Erf'), erf],
  Exp: [same('Exp'), Math.exp],
  Expm1: [(graph, name) => withOne('Sub')(graph, graph.node('Exp', [name])), Math.expm1],
  Log: [same('Log'), Math.log],
  Log1p: [(graph, name) => graph.node('Log', [withOne('Add')(graph, name)]), Math.log1p],
  Sqrt: [same('Sqrt'), Math.sqrt],
  Rsqrt: [(graph, name) => graph.node('Reciprocal', [graph.node('Sqrt', [name])]), (x) => 1 / Math.sqrt(x)],
  Square: [(graph, name) => graph.node('Mul', [name, name]), (x) => x * x],
  Reciprocal: [same('Reciprocal'), (x) => 1 / x],
  Neg: [same('Neg'), (x) => -x],
  Abs: [same('Abs'), Math.abs],
  Sign: [same('Sign'), Math.sign],
  Floor: [same('Floor'), Math.floor],
  Ceil: [same('Ceil'), Math.ceil],
  Round: [same('Round'), roundHalfToEven],
  Sin: [same('Sin'), Math.sin],
  Cos: [same('Cos'), Math.cos],
  Tan: [same('Tan'), Math.tan],
  Asin: [same('Asin'), Math.asin],
  Acos: [same('Acos'), Math.acos],
  Atan: [same('Atan'), Math.atan],
  Sinh: [same('Sinh'), Math.sinh],
  Cosh: [same('Cosh'), Math.cosh],
  Asinh: [same('Asinh'), Math.asinh],
  Acosh: [same('Acosh'), Math.acosh],
  Atanh: [same('Atanh'), Math.atanh],
};

/** Klambauer et al. 2017, with the constants that TensorFlow and ONNX share. */
function selu(x: number): number {
  const scale = 1.05070098735548;
  return x < 0 ? scale * 1.67326324235438 * Math.expm1(x) : scale * x;
}

function roundHalfToEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** Abramowitz and Stegun 7.1.26, as TensorFlow.js has it. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}

function unary([emit, fold]: readonly [Emit, (x: number) => number]): Operator {
  return pixelwise((call) => {
    const value = operand(call, 0);
    return isConstant(value) ? foldAll(call, [value], fold) : lyingAs(value, emit(call.graph, value.name));
  });
}

/** The activation of a fused operator; undefined for one that is not known. */
export function activated(
  call: Call,
  activation: string,
  value: Flow,
  slope?: Constant | Flow,
): Flow | undefined {
  const { graph } = call;
  if (activation === 'LeakyRelu') {
    const alpha = float(call.attributes.number('leakyrelu_alpha', 0.2));
    return lyingAs(value, graph.node('LeakyRelu', [value.name], { alpha }));
  }
  if (activation === 'Prelu' && slope !== undefined) return prelu(call, value, slope);
  const [emit] = UNARY[activation] ?? [];
  return emit && lyingAs(value, emit(graph, value.name));
}

function prelu(call: Call, value: Flow, slope: Constant | Flow): Flow {
  const { names, shape, order } = broadcast(call, [value, slope]);
  return { kind: 'flow', type: 'float', shape, order, name: call.graph.node('PRelu', names) };
}

export const UNARIES: Operators = {
  ...Object.fromEntries(Object.entries(UNARY).map(([op, each]) => [op, unary(each)])),
  LeakyRelu: (call) => {
    const alpha = call.attributes.number('alpha', 0.2);
    return unary([same('LeakyRelu', { alpha: float(alpha) }), (x) => (x < 0 ? alpha * x : x)])(call);
  },
  Prelu: (call) => {
    const [value, slope] = [operand(call, 0), operand(call, 1)];
    if (isConstant(value) && isConstant(slope)) {
      return foldAll(call, [value, slope], (x, by = 0) => (x < 0 ? by * x : x));
    }
    return prelu(call, flowing(call.graph, value), slope);
  },
  ClipByValue: (call) => {
    const [value, least, most] = [operand(call, 0), operand(call, 1), operand(call, 2)];
    if (isConstant(least) && isConstant(most)) {
      const low = least.values[0] ?? 0;
      const high = most.values[0] ?? 0;
      const clip: Emit = (graph, name) => clipped(graph, name, { least: low, most: high });
      return unary([clip, (x) => Math.min(high, Math.max(low, x))])(call);
    }
    const raised = broadcast(call, [value, least]);
    const inside = call.graph.node('Max', raised.names);
    const { names, shape, order } = broadcast(call, [
      { kind: 'flow', type: value.type, shape: raised.shape, order: raised.order, name: inside },
      most,
    ]);
    return { kind: 'flow', type: value.type, shape, order, name: call.graph.node('Min', names) };
  },
};
