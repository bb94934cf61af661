import {
  type AttributeProto,
  type Dimension,
  type GraphProto,
  integer,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './file.js';

/** A dimension's size, or undefined where the file leaves it open. */
export type Size = number | undefined;

/** The graph's inputs that a caller feeds: until IR version 3, files list the weights among the inputs too. */
export function fedInputs(graph: GraphProto): ValueInfoProto[] {
  const weights = new Set((graph.initializer ?? []).map((tensor) => tensor.name));
  return (graph.input ?? []).filter((input) => !weights.has(input.name));
}

/** The shape that the file declares for a value; undefined: none at all. */
export function declaredShape(value: ValueInfoProto): Size[] | undefined {
  const shape = value.type?.tensorType?.shape;
  if (!shape) return undefined;
  return (shape.dim ?? []).map(({ dimValue }) => {
    // Some exporters write 0 or −1 where they mean "any".
    const size = dimValue === null || dimValue === undefined ? 0 : integer(dimValue);
    return size > 0 ? size : undefined;
  });
}

/** The same value with another size in its first dimension, left open and named `name`. */
export function openFirstDimension(value: ValueInfoProto, name: string): ValueInfoProto {
  const tensorType = value.type?.tensorType;
  const dim = tensorType?.shape?.dim;
  if (!tensorType || !dim?.length) return value;
  const dims: Dimension[] = [{ dimParam: name }, ...dim.slice(1)];
  return { ...value, type: { ...value.type, tensorType: { ...tensorType, shape: { dim: dims } } } };
}

export function attributeOf(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute?.find((attribute) => attribute.name === name);
}

/** What a node takes, and what the graphs in it take from around them. */
export function takenBy({ input, attribute }: NodeProto): string[] {
  const inner = (attribute ?? []).flatMap(({ g }) => (g?.node ?? []).flatMap(takenBy));
  const results = (attribute ?? []).flatMap(({ g }) => (g?.output ?? []).map(({ name }) => name ?? ''));
  return [...(input ?? []), ...inner, ...results];
}

/** Names of all values that depend on `source`; the nodes of a graph are in topological order. */
export function dependents(graph: GraphProto, source: string): Set<string> {
  const reached = new Set([source]);
  for (const node of graph.node ?? []) {
    if (!takenBy(node).some((name) => reached.has(name))) continue;
    for (const name of node.output ?? []) reached.add(name);
  }
  return reached;
}

/** Every constant tensor of the graph, by the name of its value: initializers and outputs of Constant nodes. */
export function constants(graph: GraphProto): Map<string, TensorProto> {
  const found = new Map<string, TensorProto>();
  for (const tensor of graph.initializer ?? []) found.set(tensor.name ?? '', tensor);
  for (const node of graph.node ?? []) {
    const value = node.opType === 'Constant' ? attributeOf(node, 'value')?.t : undefined;
    const name = node.output?.[0];
    if (value && name !== undefined) found.set(name, value);
  }
  return found;
}
