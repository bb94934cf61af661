import { z } from 'zod';
import type { Value } from '../builder.js';
import { axisOf, int, straightened } from '../builder.js';
import { activate, clipped, isActivation, leaky, same, softmaxAlong, unary } from './activations.js';
import { folded, joined, type Numbers, numbersOf, withConstant } from './elementwise.js';
import { axisIn, type Constant, type LayerCall, type LayerKind, type Operand } from './kind.js';
import { reduced } from './reduction.js';
import { refusedUse } from './refusal.js';
import { resizing } from './resizing.js';
import { intoShape, permuted } from './shapes.js';
import { sliced } from './slices.js';

/** The arguments of an operator: tensors and constants by position and by name. */
type Operation = (call: LayerCall) => Value;

const BINARY: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    add: 'Add',
    addv2: 'Add',
    biasadd: 'Add',
    subtract: 'Sub',
    sub: 'Sub',
    multiply: 'Mul',
    mul: 'Mul',
    divide: 'Div',
    div: 'Div',
    realdiv: 'Div',
    truediv: 'Div',
    truedivide: 'Div',
    maximum: 'Max',
    minimum: 'Min',
    pow: 'Pow',
    power: 'Pow',
  }),
);

const UNARY: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    abs: 'Abs',
    absolute: 'Abs',
    erf: 'Erf',
    exp: 'Exp',
    log: 'Log',
    neg: 'Neg',
    negative: 'Neg',
    reciprocal: 'Reciprocal',
    sqrt: 'Sqrt',
  }),
);

const REDUCTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    max: 'ReduceMax',
    mean: 'ReduceMean',
    min: 'ReduceMin',
    reducemax: 'ReduceMax',
    reducemean: 'ReduceMean',
    reducemin: 'ReduceMin',
    reducesum: 'ReduceSum',
    sum: 'ReduceSum',
  }),
);

const OTHERS: ReadonlyMap<string, Operation> = new Map(
  Object.entries<Operation>({
    cast: ({ input }) => input,
    identity: ({ input }) => input,
    stopgradient: ({ input }) => input,
    square: ({ graph, input, layer }) => folded(graph, 'Mul', [input, input], layer),
    rsqrt: ({ graph, input }) => unary('Reciprocal')(graph, unary('Sqrt')(graph, input)),
    gelu: (call) => {
      const approximate = constantAt(call, ['approximate'], 1)?.constant === true;
      return activate(call.graph, approximate ? 'gelu_new' : 'gelu', call.input, call.layer);
    },
    leakyrelu: (call) => leaky(call.graph, call.input, numberAt(call, ['alpha', 'negative_slope'], 1) ?? 0.2),
    softmax: (call) => {
      const { graph, input, layer } = call;
      return softmaxAlong(graph, input, axisIn(input.shape, numberAt(call, ['axis'], 1) ?? -1, layer));
    },
    clip: clip,
    clipbyvalue: clip,
    concat: concatenated,
    concatenate: concatenated,
    reshape: (call) => {
      const target = numbersAt(call, ['shape', 'newshape'], 1)?.values;
      if (target === undefined) throw unclear(call);
      return intoShape(target.slice(1), call);
    },
    transpose: (call) => {
      const order = numbersAt(call, ['perm', 'axes'], 1)?.values;
      if (order?.[0] !== 0 || order.length !== call.input.shape.length + 1) throw unclear(call);
      return permuted(
        call,
        order.slice(1).map((axis) => axis - 1),
      );
    },
    getitem: sliced,
    resize: (call) => {
      const [height, width] = numbersAt(call, ['size'], 1)?.values ?? [];
      const interpolation = constantAt(call, ['method', 'interpolation'], 2)?.constant ?? 'bilinear';
      return resizing({ height, width, interpolation }, call);
    },
  }),
);

/** Operators of TensorFlow and of Keras 3 that functional models call, beside layers. */
export const OPERATOR_KINDS: Readonly<Record<string, LayerKind>> = {
  TFOpLambda: lambda,
  SlicingOpLambda: lambda,
  TensorFlowOpLayer: (config, call) => {
    const { node_def, constants } = operatorSchema.safeParse(config).data ?? {};
    const operation = operationOf(node_def ?? '');
    if (operation === undefined)
      throw refusedUse(call.layer, `is the operator ${node_def}, which is not converted`);
    return operation({ ...call, positional: merged(call.inputs, constants ?? {}) });
  },
};

/** Of TensorFlow 2.3: the node as JSON, and its constant inputs by their place among all. */
const operatorSchema = z.looseObject({
  node_def: z
    .string()
    .transform((text) => /"op":\s*"(?<op>\w+)"/.exec(text)?.groups?.op ?? text.slice(0, 40)),
  constants: z.record(z.string(), z.unknown()).nullish(),
});

function merged(inputs: readonly Value[], constants: Readonly<Record<string, unknown>>): Operand[] {
  const rest = [...inputs];
  const count = inputs.length + Object.keys(constants).length;
  return Array.from({ length: count }, (_, i) => {
    const value = String(i) in constants ? undefined : rest.shift();
    return value ?? { constant: constants[String(i)] };
  });
}

/** A layer that Keras makes of a function of TensorFlow's, e.g. `math.truediv`. */
function lambda(config: Readonly<Record<string, unknown>>, call: LayerCall): Value {
  const operation = operationOf(String(config.function));
  if (operation !== undefined) return operation(call);
  throw refusedUse(call.layer, `calls tf.${String(config.function)}, which is not converted`);
}

/** An operator of Keras 3, by its class. Options that the class has beside its tensors stand in its configuration. */
export function operationKind(className: string): LayerKind | undefined {
  const operation = operationOf(className);
  if (operation === undefined) return undefined;
  return (config, call) => {
    const options = Object.entries(config).filter(([, value]) => value !== null);
    const named = Object.fromEntries(options.map(([name, constant]) => [name, { constant }]));
    return operation({ ...call, named: { ...named, ...call.named } });
  };
}

/** By the last part of its name: math.truediv, __operators__.add, AddV2, TrueDivide. */
function operationOf(name: string): Operation | undefined {
  const plain = name
    .slice(name.lastIndexOf('.') + 1)
    .replaceAll('_', '')
    .toLowerCase();
  const type = BINARY.get(plain);
  if (type !== undefined) return (call) => binary(type, call);
  const single = UNARY.get(plain);
  if (single !== undefined) return ({ graph, input }) => unary(single)(graph, input);
  const reduction = REDUCTIONS.get(plain);
  if (reduction !== undefined) return (call) => reducedAlong(reduction, call);
  const other = OTHERS.get(plain);
  if (other !== undefined) return other;
  if (!isActivation(plain)) return undefined;
  return ({ graph, input, layer }) => activate(graph, plain, input, layer);
}

function binary(type: string, call: LayerCall): Value {
  const { graph, layer } = call;
  const beside = ['x1', 'x2', 'x', 'y', 'bias'].flatMap((name) => call.named[name] ?? []);
  const [a, b] = [...call.positional, ...beside];
  if (a === undefined || b === undefined) throw unclear(call);
  if ('shape' in a && 'shape' in b) {
    if (a.shape.length !== b.shape.length) throw unclear(call);
    return folded(graph, type, [a, b], layer);
  }
  const [value, constant] = 'shape' in a ? [a, b] : [b, a];
  const numbers = 'shape' in constant ? undefined : numbersOf(constant.constant);
  if (!('shape' in value) || numbers === undefined) throw unclear(call);
  if (value === a) noteScale(type, numbers, call);
  return withConstant(graph, type, value, numbers, { swapped: value === b, layer });
}

function noteScale(type: string, { values: [number = 1] }: Numbers, call: LayerCall): void {
  if (type === 'Mul') call.scales(number, 0);
  else if (type === 'Div') call.scales(1 / number, 0);
  else if (type === 'Sub' || type === 'Add') call.scales(1, number);
}

function reducedAlong(type: string, call: LayerCall): Value {
  const { graph, input, layer } = call;
  const axes = numbersAt(call, ['axis'], 1)?.values.map((axis) => axisIn(input.shape, axis, layer));
  if (axes === undefined) throw unclear(call);
  const value = input.shape.length === 3 && axes.length < 2 ? straightened(graph, input) : input;
  const over = axes.map((axis) => axisOf(value, axis)).toSorted((a, b) => a - b);
  const kept = constantAt(call, ['keepdims'], 2)?.constant === true;
  const name =
    type === 'ReduceSum'
      ? graph.node(type, [value.name, graph.integers(over)], { keepdims: int(kept ? 1 : 0) })
      : reduced(graph, type, value.name, over, kept);
  const shape = kept
    ? input.shape.map((size, i) => (axes.includes(i) ? 1 : size))
    : input.shape.filter((_, i) => !axes.includes(i));
  if (kept) return same({ ...value, shape }, name);
  return shape.length === 3 ? { name, shape, straight: true } : { name, shape };
}

function clip(call: LayerCall): Value {
  const least = numberAt(call, ['clip_value_min', 'x_min'], 1) ?? Number.NEGATIVE_INFINITY;
  const most = numberAt(call, ['clip_value_max', 'x_max'], 2) ?? Number.POSITIVE_INFINITY;
  return clipped(call.graph, call.input, least, most);
}

function concatenated(call: LayerCall): Value {
  const { graph, inputs, input, layer } = call;
  const axis = numberAt(call, ['axis'], inputs.length) ?? -1;
  return joined(graph, inputs, axisIn(input.shape, axis, layer), layer);
}

/** The constant that goes by one of `names`, or stands at `place`. */
function constantAt(call: LayerCall, names: readonly string[], place: number): Constant | undefined {
  const found = names.map((name) => call.named[name]).find((each) => each !== undefined);
  const operand = found ?? call.positional[place];
  return operand === undefined || 'shape' in operand ? undefined : operand;
}

function numbersAt(call: LayerCall, names: readonly string[], place: number): Numbers | undefined {
  return numbersOf(constantAt(call, names, place)?.constant);
}

function numberAt(call: LayerCall, names: readonly string[], place: number): number | undefined {
  return numbersAt(call, names, place)?.values[0];
}

function unclear({ layer }: LayerCall): Error {
  return refusedUse(layer, 'is called on arguments that are not converted');
}
