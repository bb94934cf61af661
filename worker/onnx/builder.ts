import type {
  AttributeProto,
  GraphProto,
  NodeProto,
  OnnxModel,
  TensorProto,
  ValueInfoProto,
} from './file.js';
import { ELEMENT, floatTensor, integerTensor } from './tensor.js';

/** An attribute's value, with its type. */
export type Attribute = Omit<AttributeProto, 'name'>;

/** ONNX's numbers for the types of attributes and of tensors' elements. */
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_STRING = 3;
const ATTRIBUTE_INTS = 7;

export const float = (f: number): Attribute => ({ type: ATTRIBUTE_FLOAT, f });
export const text = (s: string): Attribute => ({
  type: ATTRIBUTE_STRING,
  s: new TextEncoder().encode(s),
});
export const int = (i: number): Attribute => ({ type: ATTRIBUTE_INT, i });
export const ints = (values: readonly number[]): Attribute => ({ type: ATTRIBUTE_INTS, ints: [...values] });

export type AttributeMap = Readonly<Record<string, Attribute>>;

/** An input or output of the graph. */
export interface Port {
  readonly name: string;
  /** As they lie in ONNX; a text stands for a size that is left open. */
  readonly dims: readonly (number | string)[];
}

/** An output of the graph: the value `from`, under a name of its own. */
export interface Output extends Port {
  readonly from: string;
}

/**
 * A growing ONNX graph. Names that it makes start with `prefix` and have a # in them, which names in a model.json do not
 * have.
 */
export interface GraphBuilder {
  /** Adds a node of one output, whose name it returns; an empty input name leaves an optional input out. */
  node(type: string, inputs: readonly string[], attributes?: AttributeMap): string;
  /** Adds a node of several outputs. */
  split(type: string, inputs: readonly string[], count: number, attributes?: AttributeMap): string[];
  /** Adds the node, or finds the one that is there with the same inputs and attributes. */
  shared(type: string, inputs: readonly string[], attributes?: AttributeMap): string;
  /** Adds a float constant. */
  floats(values: ArrayLike<number>, dims: readonly number[]): string;
  /** Adds a one-dimensional constant of 64-bit integers, or finds the same. */
  integers(values: readonly number[]): string;
  /** Adds a constant of truth values. */
  truths(values: ArrayLike<number>, dims: readonly number[]): string;
  /** The node that gives `name`. */
  giverOf(name: string): NodeProto | undefined;
  /** A constant of one number, without dimensions, or finds the same. */
  scalar(value: number): string;
  /** A constant of one unsigned byte, without dimensions, or finds the same. */
  byte(value: number): string;
  /** The same of one 32-bit integer. */
  int32(value: number): string;
  /** All nodes and constants so far, in the order in which they were added. */
  parts(): { readonly nodes: readonly NodeProto[]; readonly constants: readonly TensorProto[] };
  /** The graph of all that `outputs` need; `names` are what the outputs are to be called. */
  finish(input: Port, outputs: readonly Output[]): GraphProto;
}

export function graphBuilder(name: string, prefix = ''): GraphBuilder {
  const nodes: NodeProto[] = [];
  const givers = new Map<string, NodeProto>();
  const constants: TensorProto[] = [];
  const known = new Map<string, string>();

  function split(type: string, inputs: readonly string[], count: number, attributes: AttributeMap = {}) {
    const nodeName = `${prefix}${type}#${nodes.length}`;
    const output = Array.from({ length: count }, (_, i) => (count === 1 ? nodeName : `${nodeName}:${i}`));
    const attribute = Object.entries(attributes).map(([key, value]) => ({ ...value, name: key }));
    const node = { name: nodeName, opType: type, input: [...inputs], output, attribute };
    nodes.push(node);
    for (const each of output) givers.set(each, node);
    return output;
  }

  function node(type: string, inputs: readonly string[], attributes?: AttributeMap): string {
    return split(type, inputs, 1, attributes)[0] ?? '';
  }

  function once(key: string, make: () => string): string {
    const found = known.get(key) ?? make();
    known.set(key, found);
    return found;
  }

  function constant(make: (name: string) => TensorProto): string {
    const constantName = `${prefix}constant#${constants.length}`;
    constants.push(make(constantName));
    return constantName;
  }

  return {
    node,
    split,
    shared: (type, inputs, attributes) =>
      once(JSON.stringify([type, inputs, attributes]), () => node(type, inputs, attributes)),
    floats: (values, dims) =>
      constant((each) =>
        floatTensor(each, dims, values instanceof Float32Array ? values : Float32Array.from(values)),
      ),
    integers: (values) => once(`[${values}]`, () => constant((each) => integerTensor(each, values))),
    scalar: (value) =>
      once(`scalar ${value}`, () => constant((each) => floatTensor(each, [], Float32Array.of(value)))),
    byte: (value) =>
      once(`byte ${value}`, () =>
        constant((each) => ({
          name: each,
          dims: [],
          dataType: ELEMENT.uint8,
          rawData: Uint8Array.of(value),
        })),
      ),
    int32: (value) =>
      once(`int32 ${value}`, () =>
        constant((each) => ({
          name: each,
          dims: [],
          dataType: ELEMENT.int32,
          rawData: new Uint8Array(Int32Array.of(value).buffer),
        })),
      ),
    parts: () => ({ nodes, constants }),
    truths: (values, dims) =>
      constant((each) => ({
        name: each,
        dims: [...dims],
        dataType: BOOL,
        rawData: Uint8Array.from(Array.from(values), (value) => (value === 0 ? 0 : 1)),
      })),
    giverOf: (each) => givers.get(each),
    finish(input, outputs) {
      for (const { name: each, from } of outputs) {
        nodes.push({ name: each, opType: 'Identity', input: [from], output: [each], attribute: [] });
      }
      const needed = new Set(outputs.map((output) => output.name));
      // Backwards, so that a node is met after all that need it.
      const kept = nodes.toReversed().filter((each) => {
        if (!each.output?.some((output) => needed.has(output))) return false;
        for (const taken of each.input ?? []) needed.add(taken);
        return true;
      });
      return {
        name,
        node: kept.toReversed(),
        initializer: constants.filter((each) => needed.has(each.name ?? '')),
        input: [valueInfo(input)],
        output: outputs.map(valueInfo),
      };
    },
  };
}

/** ONNX's number for truth values. */
const BOOL = 9;

export function valueInfo({ name, dims }: Port): ValueInfoProto {
  const dim = dims.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType: ELEMENT.float, shape: { dim } } } };
}

/** The first operator set whose Softmax is over one dimension, as Keras' and TensorFlow's are, and the IR version of its time. */
const OPSET = 13;
const IR_VERSION = 7;

/** A model of a graph that {@link graphBuilder} made. */
export function builtModel(graph: GraphProto): OnnxModel {
  return {
    irVersion: IR_VERSION,
    producerName: 'atoll',
    opsetImport: [{ domain: '', version: OPSET }],
    graph,
  };
}
