import { z } from 'zod';
import { axisOf, float, type GraphBuilder, int, type Value } from '../builder.js';
import type { LayerName } from './kind.js';
import { refusedUse } from './refusal.js';

/** A function that acts on each number, or along one dimension, in ONNX's operators. */
type Activation = (graph: GraphBuilder, value: Value, keras: number) => Value;

/** Functions by Keras's names, without underscores: TensorFlow.js writes hardSigmoid for hard_sigmoid. */
const ACTIVATIONS: ReadonlyMap<string, Activation> = new Map(
  Object.entries<Activation>({
    linear: (_, value) => value,
    relu: unary('Relu'),
    relu6: (graph, value) => clipped(graph, value, 0, 6),
    elu: unary('Elu'),
    selu: unary('Selu'),
    celu: unary('Celu'),
    sigmoid: unary('Sigmoid'),
    tanh: unary('Tanh'),
    exponential: unary('Exp'),
    softplus: unary('Softplus'),
    softsign: unary('Softsign'),
    softmax: (graph, value) => alongLast(graph, 'Softmax', value),
    logsoftmax: (graph, value) => alongLast(graph, 'LogSoftmax', value),
    leakyrelu: (graph, value) => leaky(graph, value, 0.2),
    hardsigmoid: (graph, value, keras) => hardSigmoid(graph, value, keras < 3 ? 0.2 : 1 / 6),
    hardsilu: (graph, value) => times(graph, value, hardSigmoid(graph, value, 1 / 6)),
    silu: (graph, value) => times(graph, value, unary('Sigmoid')(graph, value)),
    mish: (graph, value) => times(graph, value, unary('Tanh')(graph, unary('Softplus')(graph, value))),
    logsigmoid: (graph, value) => unary('Neg')(graph, unary('Softplus')(graph, unary('Neg')(graph, value))),
    gelu: (graph, value) => {
      const inner = times(graph, value, constantOf(graph, Math.SQRT1_2));
      const cdf = plus(graph, unary('Erf')(graph, inner), constantOf(graph, 1));
      return times(graph, times(graph, value, cdf), constantOf(graph, 0.5));
    },
    gelunew: geluByTanh,
  }),
);

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['swish', 'silu'],
  ['hardswish', 'hardsilu'],
  ['exp', 'exponential'],
]);

/** The function of this name; undefined: not known. */
function activationOf(name: string): Activation | undefined {
  const plain = name.replaceAll('_', '').toLowerCase();
  return ACTIVATIONS.get(ALIASES.get(plain) ?? plain);
}

export function isActivation(name: string): boolean {
  return activationOf(name) !== undefined;
}

/** Applies the function that Keras calls `name`. */
export function activate(graph: GraphBuilder, name: string, value: Value, layer: LayerName): Value {
  const activation = activationOf(name);
  if (activation === undefined) throw refusedUse(layer, `has the activation ${name}, which is not converted`);
  return activation(graph, value, layer.keras);
}

/** A layer's option `activation`: a name, or an object that Keras makes of a function or of a layer. */
export const activationOption = z
  .union([
    z.string().transform((name) => ({ name, config: {} })),
    z
      .looseObject({ class_name: z.literal('function'), config: z.string() })
      .transform(({ config }) => ({ name: config, config: {} })),
    z
      .looseObject({ class_name: z.string(), config: z.record(z.string(), z.unknown()).nullish() })
      .transform(({ class_name, config }) => ({ name: class_name, config: config ?? {} })),
  ])
  .default({ name: 'linear', config: {} });

export type ActivationOption = z.output<typeof activationOption>;

export function unary(type: string): (graph: GraphBuilder, value: Value) => Value {
  return (graph, value) => same(value, graph.node(type, [value.name]));
}

/** Softmax over the dimension `index` of TensorFlow's, counted without the batch. */
export function softmaxAlong(graph: GraphBuilder, value: Value, index: number, type = 'Softmax'): Value {
  return same(value, graph.node(type, [value.name], { axis: int(axisOf(value, index)) }));
}

export function clipped(graph: GraphBuilder, value: Value, least: number, most: number): Value {
  const bounds = [least, most].map((bound) => graph.floats(Float32Array.of(bound), []));
  return same(value, graph.node('Clip', [value.name, ...bounds]));
}

export function leaky(graph: GraphBuilder, value: Value, slope: number): Value {
  return same(value, graph.node('LeakyRelu', [value.name], { alpha: float(slope) }));
}

/** x · Φ(x) with Φ by the hyperbolic tangent: ½x(1 + tanh(√(2/π)(x + 0.044715x³))), Hendrycks & Gimpel 2016. */
function geluByTanh(graph: GraphBuilder, value: Value): Value {
  const cube = times(graph, times(graph, value, value), value);
  const sum = plus(graph, value, times(graph, cube, constantOf(graph, 0.044715)));
  const inner = times(graph, sum, constantOf(graph, Math.sqrt(2 / Math.PI)));
  const cdf = plus(graph, unary('Tanh')(graph, inner), constantOf(graph, 1));
  return times(graph, times(graph, value, cdf), constantOf(graph, 0.5));
}

/** What acts on each number leaves a value's shape, and how it lies. */
export function same({ shape, straight }: Value, name: string): Value {
  return straight === undefined ? { name, shape } : { name, shape, straight };
}

/** clip(slope · x + ½, 0, 1): 0.2 in Keras 2 and TensorFlow.js, ⅙ in Keras 3. */
function hardSigmoid(graph: GraphBuilder, value: Value, slope: number): Value {
  return same(value, graph.node('HardSigmoid', [value.name], { alpha: float(slope), beta: float(0.5) }));
}

function alongLast(graph: GraphBuilder, type: string, value: Value): Value {
  return softmaxAlong(graph, value, value.shape.length - 1, type);
}

function times(graph: GraphBuilder, value: Value, by: Value): Value {
  return same(value, graph.node('Mul', [value.name, by.name]));
}

function plus(graph: GraphBuilder, value: Value, by: Value): Value {
  return same(value, graph.node('Add', [value.name, by.name]));
}

function constantOf(graph: GraphBuilder, number: number): Value {
  return { name: graph.floats(Float32Array.of(number), []), shape: [] };
}
