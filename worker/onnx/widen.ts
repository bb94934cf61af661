import type {
  AttributeProto,
  GraphProto,
  NodeProto,
  OnnxModel,
  SparseTensorProto,
  ValueInfoProto,
} from './file.js';
import { integer } from './file.js';
import { ELEMENT, widenTensor } from './tensor.js';

/**
 * A float16 network as the float32 network with the same weights: every weight, value, cast and constant widened.
 * CPUs have no float16 arithmetic worth using (ONNX Runtime casts around every operator), and not every GPU has it;
 * this way a network means the same on all of them. Returns `model` itself when there is no float16 in it.
 */
export function widenModel(model: OnnxModel): OnnxModel {
  const graph = widenGraph(model.graph);
  const functions = mapped(model.functions, (each) => {
    const node = mapped(each.node, widenNode);
    return node === each.node ? each : { ...each, node };
  });
  return graph === model.graph && functions === model.functions ? model : { ...model, graph, functions };
}

function widenGraph(graph: GraphProto): GraphProto {
  const widened = {
    ...graph,
    node: mapped(graph.node, widenNode),
    initializer: mapped(graph.initializer, widenTensor),
    sparseInitializer: mapped(graph.sparseInitializer, widenSparse),
    input: mapped(graph.input, widenValue),
    output: mapped(graph.output, widenValue),
    valueInfo: mapped(graph.valueInfo, widenValue),
  };
  const keys = ['node', 'initializer', 'sparseInitializer', 'input', 'output', 'valueInfo'] as const;
  return keys.every((key) => widened[key] === graph[key]) ? graph : widened;
}

/** `list` with each element changed; the very list where none did, so that an untouched network need not be encoded. */
function mapped<T>(list: readonly T[] | null | undefined, change: (each: T) => T): T[] {
  const before = (list ?? []) as T[];
  const after = before.map(change);
  return after.every((each, i) => each === before[i]) ? before : after;
}

function widenSparse(tensor: SparseTensorProto): SparseTensorProto {
  if (!tensor.values) return tensor;
  const values = widenTensor(tensor.values);
  return values === tensor.values ? tensor : { ...tensor, values };
}

function widenValue(value: ValueInfoProto): ValueInfoProto {
  const tensorType = value.type?.tensorType;
  if (tensorType?.elemType !== ELEMENT.float16) return value;
  return { ...value, type: { ...value.type, tensorType: { ...tensorType, elemType: ELEMENT.float } } };
}

function widenNode(node: NodeProto): NodeProto {
  const attribute = mapped(node.attribute, widenAttribute);
  return attribute === node.attribute ? node : { ...node, attribute };
}

/** Attributes whose integer is an element type. */
const TYPE_ATTRIBUTES: readonly string[] = ['to', 'dtype', 'output_dtype', 'stash_type'];

function widenAttribute(attribute: AttributeProto): AttributeProto {
  const { name, i, t, g } = attribute;
  if (t) return t === widenTensor(t) ? attribute : { ...attribute, t: widenTensor(t) };
  if (g) {
    const widened = widenGraph(g);
    return widened === g ? attribute : { ...attribute, g: widened };
  }
  const tensors = mapped(attribute.tensors, widenTensor);
  const graphs = mapped(attribute.graphs, widenGraph);
  if (tensors !== attribute.tensors || graphs !== attribute.graphs) return { ...attribute, tensors, graphs };
  const isType = TYPE_ATTRIBUTES.includes(name ?? '') && i !== null && i !== undefined;
  return isType && integer(i) === ELEMENT.float16 ? { ...attribute, i: ELEMENT.float } : attribute;
}
