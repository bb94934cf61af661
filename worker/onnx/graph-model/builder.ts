import type { Attribute } from '../convert-graph.js';
import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from '../file.js';
import { ELEMENT, floatTensor, integerTensor } from '../tensor.js';
import { BATCH, isBatched } from './batch.js';

export type AttributeMap = Readonly<Record<string, Attribute>>;

/** An input or output of the graph, with its dimensions as they lie in ONNX. */
export interface Port {
  readonly name: string;
  readonly dims: readonly number[];
}

/** A growing ONNX graph. Names have a # in them, which TensorFlow's never have. */
export interface Builder {
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
  /** The graph of all that `outputs` need; `names` are what the outputs are to be called. */
  finish(input: Port, outputs: readonly (Port & { readonly from: string })[]): GraphProto;
}

export function newBuilder(name: string): Builder {
  const nodes: NodeProto[] = [];
  const givers = new Map<string, NodeProto>();
  const constants: TensorProto[] = [];
  const known = new Map<string, string>();

  function split(type: string, inputs: readonly string[], count: number, attributes: AttributeMap = {}) {
    const nodeName = `${type}#${nodes.length}`;
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
    const constantName = `constant#${constants.length}`;
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

function valueInfo({ name, dims }: Port): ValueInfoProto {
  const dim = dims.map((size) => {
    if (!isBatched(size)) return { dimValue: size };
    return { dimParam: size === BATCH ? 'N' : `${size / BATCH}*N` };
  });
  return { name, type: { tensorType: { elemType: ELEMENT.float, shape: { dim } } } };
}
