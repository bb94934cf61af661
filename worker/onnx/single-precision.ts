import {
  type AttributeProto,
  type GraphProto,
  integer,
  type NodeProto,
  type OnnxModel,
  type SparseTensorProto,
  type ValueInfoProto,
} from './file.js';
import { ELEMENT, isOtherFloat, singleTensor } from './tensor.js';

/**
 * A network of float16 or double as the float32 network with the same weights (doubles are rounded): every weight, value,
 * cast and constant. CPUs have no float16 arithmetic worth using (ONNX Runtime casts around every operator), not every
 * GPU has it, and ONNX Runtime convolves no doubles; this way a network means the same everywhere.
 * Returns `model` itself when all its floats are float32.
 */
export function singlePrecision(model: OnnxModel): OnnxModel {
  const graph = singleGraph(model.graph);
  const functions = mapped(model.functions, (each) => {
    const node = mapped(each.node, singleNode);
    return node === (each.node ?? NONE) ? each : { ...each, node };
  });
  return graph === model.graph && functions === (model.functions ?? NONE)
    ? model
    : { ...model, graph, functions };
}

function singleGraph(graph: GraphProto): GraphProto {
  const single = {
    ...graph,
    node: mapped(graph.node, singleNode),
    initializer: mapped(graph.initializer, singleTensor),
    sparseInitializer: mapped(graph.sparseInitializer, singleSparse),
    input: mapped(graph.input, singleValue),
    output: mapped(graph.output, singleValue),
    valueInfo: mapped(graph.valueInfo, singleValue),
  };
  const keys = ['node', 'initializer', 'sparseInitializer', 'input', 'output', 'valueInfo'] as const;
  return keys.every((key) => single[key] === (graph[key] ?? NONE)) ? graph : single;
}

/** `list` with each element changed; the very list where none did, so that an untouched network need not be encoded. */
function mapped<T>(list: T[] | null | undefined, change: (each: T) => T): T[] {
  const before = list ?? NONE;
  const after = before.map(change);
  return after.every((each, i) => each === before[i]) ? before : after;
}

const NONE: never[] = [];

function singleSparse(tensor: SparseTensorProto): SparseTensorProto {
  if (!tensor.values) return tensor;
  const values = singleTensor(tensor.values);
  return values === tensor.values ? tensor : { ...tensor, values };
}

function singleValue(value: ValueInfoProto): ValueInfoProto {
  const tensorType = value.type?.tensorType;
  if (!isOtherFloat(tensorType?.elemType)) return value;
  return { ...value, type: { ...value.type, tensorType: { ...tensorType, elemType: ELEMENT.float } } };
}

function singleNode(node: NodeProto): NodeProto {
  const attribute = mapped(node.attribute, singleAttribute);
  return attribute === (node.attribute ?? NONE) ? node : { ...node, attribute };
}

/** Attributes whose integer is an element type. */
const TYPE_ATTRIBUTES: readonly string[] = ['to', 'dtype', 'output_dtype', 'stash_type'];

function singleAttribute(attribute: AttributeProto): AttributeProto {
  const { name, i, t, g } = attribute;
  if (t) return t === singleTensor(t) ? attribute : { ...attribute, t: singleTensor(t) };
  if (g) {
    const single = singleGraph(g);
    return single === g ? attribute : { ...attribute, g: single };
  }
  const tensors = mapped(attribute.tensors, singleTensor);
  const graphs = mapped(attribute.graphs, singleGraph);
  if (tensors !== (attribute.tensors ?? NONE) || graphs !== (attribute.graphs ?? NONE)) {
    return { ...attribute, tensors, graphs };
  }
  const isType = TYPE_ATTRIBUTES.includes(name ?? '') && i !== null && i !== undefined;
  return isType && isOtherFloat(integer(i)) ? { ...attribute, i: ELEMENT.float } : attribute;
}
