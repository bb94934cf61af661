import { attributesOf } from '../attributes.js';
import { type Attribute, type AttributeMap, float, type GraphBuilder } from '../builder.js';
import type { NodeProto } from '../file.js';
import { attributeOf } from '../graph.js';

/**
 * Operators that ONNX Runtime makes of several when it saves a network that it has optimised, as the several: of its own
 * domain, https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md.
 */

/** A node as several: those that go before it are added to `graph`. undefined: it is none of these. */
export function unfused(node: NodeProto, graph: GraphBuilder): NodeProto | undefined {
  switch (node.opType) {
    case 'FusedConv':
      return activated(node, graph, convolved);
    case 'FusedGemm':
      return activated(node, graph, multiplied);
    case 'BiasGelu':
    case 'FastGelu':
      return withoutBias(node, graph);
    default:
      return undefined;
  }
}

type Linear = (node: NodeProto, graph: GraphBuilder) => string;

/** What is added to the result, the fourth input, goes in before the activation. */
const convolved: Linear = (node, graph) => {
  const [x = '', weights = '', bias = '', added = ''] = node.input ?? [];
  const inputs = [x, weights, ...(bias === '' ? [] : [bias])];
  const result = graph.node('Conv', inputs, attributesBut(node, /^activation/));
  return added === '' ? result : graph.node('Add', [result, added]);
};

const multiplied: Linear = (node, graph) =>
  graph.node('Gemm', node.input ?? [], attributesBut(node, /^activation/));

/** Parameters of activations, in their order. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  Elu: ['alpha'],
  HardSigmoid: ['alpha', 'beta'],
  LeakyRelu: ['alpha'],
  Relu: [],
  Sigmoid: [],
  Tanh: [],
};

function activated(node: NodeProto, graph: GraphBuilder, linear: Linear): NodeProto | undefined {
  const attributes = attributesOf(node);
  const activation = attributes.text('activation', '');
  const own = { ...node, domain: '', attribute: [] };
  if (activation === '') return { ...own, opType: 'Identity', input: [linear(node, graph)] };
  const parameters = parametersOf(node);
  if (activation === 'Clip') {
    const bounds = parameters.map((each) => graph.scalar(each));
    return { ...own, opType: 'Clip', input: [linear(node, graph), ...bounds] };
  }
  const names = PARAMETERS[activation];
  if (names === undefined) return undefined;
  const attribute = names.flatMap((name, i) => {
    const value = parameters[i];
    return value === undefined ? [] : [{ ...float(value), name }];
  });
  return { ...own, opType: activation, input: [linear(node, graph)], attribute };
}

/** In a list, or each by a name. */
function parametersOf(node: NodeProto): readonly number[] {
  const attributes = attributesOf(node);
  return (
    attributes.numbers('activation_params') ??
    ['activation_alpha', 'activation_beta'].flatMap((name) =>
      attributeOf(node, name) === undefined ? [] : [attributes.number(name, 0)],
    )
  );
}

function attributesBut(node: NodeProto, gone: RegExp): AttributeMap {
  const kept = (node.attribute ?? []).filter(({ name }) => !gone.test(name ?? ''));
  return Object.fromEntries(kept.map(({ name, ...value }): [string, Attribute] => [name ?? '', value]));
}

function withoutBias(node: NodeProto, graph: GraphBuilder): NodeProto | undefined {
  const [x = '', bias = ''] = node.input ?? [];
  if (bias === '') return undefined;
  const opType = node.opType === 'BiasGelu' ? 'Gelu' : 'FastGelu';
  return { ...node, opType, input: [graph.node('Add', [x, bias])] };
}
