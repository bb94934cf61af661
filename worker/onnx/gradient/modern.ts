import { BadInputError } from '../../../protocol/base/errors.js';
import { attributesOf, type NodeAttributes } from '../attributes.js';
import { type GraphBuilder, graphBuilder, int, text } from '../builder.js';
import { type GraphProto, integer, type NodeProto, type OnnxModel, type TensorProto } from '../file.js';
import { attributeOf } from '../graph.js';
import { floatTensor, integerTensor } from '../tensor.js';
import { unfused } from './fused.js';

/** The operator set that networks are brought to: the first with LayerNormalization, and with ScatterElements that adds. */
export const OPSET = 17;
/** The IR version of its time. */
const IR_VERSION = 8;
/** The oldest operator set that ONNX Runtime runs. */
const OLDEST = 7;

/** The version of ONNX's own operators that a model is written in. */
export function operatorSet(model: OnnxModel): number {
  const own = model.opsetImport?.find(({ domain }) => isOwn(domain));
  return integer(own?.version ?? 1);
}

/** The domain of ONNX Runtime's own operators. */
export const MICROSOFT = 'com.microsoft';

/** Whether a domain is that of ONNX's own operators. */
export function isOwn(domain: string | null | undefined): boolean {
  return domain === undefined || domain === null || domain === '' || domain === 'ai.onnx';
}

/**
 * A network in the forms of operator set {@link OPSET} at least: what lay in attributes lies in inputs, a Softmax is over one
 * axis, constants are initializers, and a Dropout lets everything pass. `prefix` starts the names of what is added.
 * Throws a {@link BadInputError} (`ERR_GRADIENT`) for an operator set older than any that is run.
 */
export function modern(model: OnnxModel, prefix: string): OnnxModel {
  const version = operatorSet(model);
  if (version < OLDEST) {
    throw new BadInputError({
      code: 'ERR_GRADIENT',
      problem: `The network is written in operator set ${version} of ONNX, of which no gradient can be made`,
      fix: `Convert it to operator set ${OLDEST} or later`,
    });
  }
  return {
    ...model,
    irVersion: Math.max(IR_VERSION, integer(model.irVersion ?? 0)),
    opsetImport: [
      ...(model.opsetImport ?? []).filter(({ domain }) => !isOwn(domain)),
      { domain: '', version: Math.max(OPSET, version) },
    ],
    graph: modernGraph(model.graph, `${prefix}modern/`, version),
  };
}

function modernGraph(whole: GraphProto, prefix: string, version: number): GraphProto {
  const graph = graphBuilder('modern', prefix);
  const initializer: TensorProto[] = [...(whole.initializer ?? [])];
  const known = new Map(initializer.map((tensor) => [tensor.name ?? '', tensor]));
  const renewal = { graph, version, constant: (name: string) => known.get(name) };
  const node = (whole.node ?? []).flatMap((each, i): NodeProto[] => {
    const constant = isOwn(each.domain) && each.opType === 'Constant' ? constantOf(each) : undefined;
    if (constant !== undefined) {
      initializer.push(constant);
      known.set(constant.name ?? '', constant);
      return [];
    }
    const before = graph.parts().nodes.length;
    const renewed = renewedNode(each, renewal);
    const last = renewed ?? each;
    return [...graph.parts().nodes.slice(before), withModernBodies(last, `${prefix}${i}/`, version)];
  });
  return { ...whole, node, initializer: [...initializer, ...graph.parts().constants] };
}

function renewedNode(node: NodeProto, renewing: Renewing): NodeProto | undefined {
  if (isOwn(node.domain)) return RENEWALS[node.opType ?? '']?.(node, renewing);
  return node.domain === MICROSOFT ? unfused(node, renewing.graph) : undefined;
}

/** The graphs in a node are of the same operator set: the branches of an If, the body of a Loop. */
function withModernBodies(node: NodeProto, prefix: string, version: number): NodeProto {
  if (!node.attribute?.some(({ g }) => g)) return node;
  const attribute = node.attribute.map((each, i) =>
    each.g ? { ...each, g: modernGraph(each.g, `${prefix}${i}/`, version) } : each,
  );
  return { ...node, attribute };
}

/** A Constant as an initializer; undefined for texts and sparse tensors, which no gradient needs. */
function constantOf(node: NodeProto): TensorProto | undefined {
  const name = node.output?.[0] ?? '';
  const [attribute] = node.attribute ?? [];
  const values = attributesOf(node);
  switch (attribute?.name) {
    case 'value':
      return attribute.t ? { ...attribute.t, name } : undefined;
    case 'value_int':
      return { ...integerTensor(name, [values.number('value_int', 0)]), dims: [] };
    case 'value_ints':
      return integerTensor(name, values.numbers('value_ints') ?? []);
    case 'value_float':
      return floatTensor(name, [], Float32Array.of(values.number('value_float', 0)));
    case 'value_floats':
      return floatTensor(name, [attribute.floats?.length ?? 0], Float32Array.from(attribute.floats ?? []));
    default:
      return undefined;
  }
}

/** What a node is renewed with. */
interface Renewing {
  /** Where nodes that go before it are added. */
  readonly graph: GraphBuilder;
  /** The operator set that it is written in. */
  readonly version: number;
  constant(name: string): TensorProto | undefined;
}

/** A node in its later form. undefined: it may stay. */
type Renewal = (node: NodeProto, renewing: Renewing) => NodeProto | undefined;

/** The node with `inputs`, without the attributes `gone`. */
function moved(node: NodeProto, inputs: readonly string[], ...gone: readonly string[]): NodeProto {
  const attribute = (node.attribute ?? []).filter(({ name }) => !gone.includes(name ?? ''));
  return { ...node, input: [...inputs], attribute };
}

/** A list that was an attribute and is the second input. */
function listMoved(name: string): Renewal {
  return (node, { graph, version }) => {
    const list = attributesOf(node).numbers(name);
    if (version >= 13 || list === undefined) return undefined;
    return moved(node, [node.input?.[0] ?? '', graph.integers(list)], name);
  };
}

function slice(node: NodeProto, { graph, version }: Renewing): NodeProto | undefined {
  if (version >= 10) return undefined;
  const attributes = attributesOf(node);
  const starts = attributes.numbers('starts') ?? [];
  const axes = attributes.numbers('axes') ?? starts.map((_, i) => i);
  const lists = [starts, attributes.numbers('ends') ?? [], axes].map((list) => graph.integers(list));
  return moved(node, [node.input?.[0] ?? '', ...lists], 'starts', 'ends', 'axes');
}

function pad(node: NodeProto, { graph, version }: Renewing): NodeProto | undefined {
  if (version >= 11) return undefined;
  const attributes = attributesOf(node);
  const value = graph.scalar(attributes.number('value', 0));
  const pads = graph.integers(attributes.numbers('pads') ?? []);
  return moved(node, [node.input?.[0] ?? '', pads, value], 'pads', 'value');
}

function clip(node: NodeProto, { graph, version }: Renewing): NodeProto | undefined {
  if (version >= 11) return undefined;
  const attributes: NodeAttributes = attributesOf(node);
  const bound = (name: string) =>
    attributeOf(node, name) === undefined ? '' : graph.scalar(attributes.number(name, 0));
  return moved(node, [node.input?.[0] ?? '', bound('min'), bound('max')], 'min', 'max');
}

/** In a network that is not being trained a Dropout is nothing. */
function dropout(node: NodeProto, { constant }: Renewing): NodeProto | undefined {
  const training = node.input?.[2] ?? '';
  if (training !== '' && !isFalse(constant(training))) return undefined;
  return {
    ...node,
    opType: 'Identity',
    input: node.input?.slice(0, 1) ?? [],
    output: node.output?.slice(0, 1) ?? [],
    attribute: [],
  };
}

function isFalse(truth: TensorProto | undefined): boolean {
  if (truth === undefined) return false;
  const bytes = [truth.rawData ?? new Uint8Array(), ...(truth.int32Data ?? [])];
  return bytes.every((chunk) => chunk.every((byte) => byte === 0));
}

/** Until version 9 it said whether the statistics are of a channel, which is all that there is since. */
function batchNormalization(node: NodeProto): NodeProto | undefined {
  if (attributeOf(node, 'spatial') === undefined || !attributesOf(node).flag('spatial')) return undefined;
  return moved(node, node.input ?? [], 'spatial');
}

/** Until version 13, a Softmax was over all dimensions from its axis on, taken as one. */
function softmax(node: NodeProto, { graph, version }: Renewing): NodeProto | undefined {
  if (version >= 13) return undefined;
  const [input = ''] = node.input ?? [];
  const axis = attributesOf(node).number('axis', 1);
  const flat = graph.node('Flatten', [input], { axis: int(axis) });
  const result = graph.node(node.opType ?? '', [flat], { axis: int(-1) });
  return { ...node, opType: 'Reshape', input: [result, graph.node('Shape', [input])], attribute: [] };
}

/** Upsample, and the Resize of version 10, as the Resize that means the same. */
function resize(node: NodeProto, { graph, version }: Renewing): NodeProto | undefined {
  if (node.opType === 'Resize' && version >= 11) return undefined;
  const [input = '', second = ''] = node.input ?? [];
  const list = attributeOf(node, 'scales')?.floats;
  const scales = list?.length ? graph.floats(list, [list.length]) : second;
  const mode = attributesOf(node).text('mode', 'nearest');
  const attribute = Object.entries({
    mode: text(mode),
    coordinate_transformation_mode: text('asymmetric'),
    nearest_mode: text('floor'),
  }).map(([name, value]) => ({ ...value, name }));
  return { ...node, opType: 'Resize', input: [input, '', scales], attribute };
}

const RENEWALS: Readonly<Record<string, Renewal>> = {
  BatchNormalization: batchNormalization,
  Squeeze: listMoved('axes'),
  Unsqueeze: listMoved('axes'),
  ReduceSum: listMoved('axes'),
  Split: listMoved('split'),
  Slice: slice,
  Pad: pad,
  Clip: clip,
  Dropout: dropout,
  Softmax: softmax,
  LogSoftmax: softmax,
  Hardmax: softmax,
  Upsample: resize,
  Resize: resize,
};
