import { BadInputError } from '../../../protocol/base/errors.js';
import { BATCH, isBatched, portDims } from '../../onnx/batch.js';
import { builtModel, type GraphBuilder, graphBuilder, int } from '../../onnx/builder.js';
import { ELEMENT } from '../../onnx/tensor.js';
import type { Converted, OpenSize } from '../converted.js';
import type { TfjsModel } from '../files.js';
import { lengthOf } from '../shape.js';
import { type GraphInput, isSwitch, readInput } from './input.js';
import { CHANNELS_FIRST, lyingShape, natural, reshaped } from './layout.js';
import { broken, type GraphNode, type GraphTopology, inOrder, type Ref, readTopology } from './nodes.js';
import type { Call } from './operator.js';
import { OPERATORS } from './operators.js';
import { takesBytes } from './pixels.js';
import { refusedOperator } from './refusals.js';
import { type Constant, constant, type Flow, naturalOrder, type Value } from './values.js';
import { inlineConstant, readConstants } from './weights.js';

/**
 * A TensorFlow.js graph model as an ONNX network: one float input whose batch is open, and all outputs of the model's signature,
 * or of its graph where it has none, under TensorFlow.js's names. Images [N,height,width,channels] are taken as
 * [N,channels,height,width]; other inputs as they are. A batch that the model fixes is opened where its operators allow that.
 * `size` stands in for a height and a width left open.
 *
 * Throws a {@link BadInputError}: `ERR_MODEL_FILE` for a broken model.json, `ERR_LAYER_CLASS` for an operator that is not known,
 * `ERR_LAYER_OPTION` for one that is used in a way that is not, `ERR_LAYER_INPUTS` and `ERR_LAYER_OUTPUTS` for a model that
 * does not take one image, or gives nothing that depends on it.
 */
export function convertGraph(model: TfjsModel, size: OpenSize = {}): Converted {
  const topology = readTopology(model.json);
  const nodes = inOrder(topology);
  const input = readInput(topology, nodes, size);
  const source = { topology, nodes, input, weights: readConstants(model) };
  if (input.batch === undefined) return write(source, true);
  try {
    return write(source, true);
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error;
    return write(source, false);
  }
}

interface Source {
  readonly topology: GraphTopology;
  readonly nodes: readonly GraphNode[];
  readonly input: GraphInput;
  readonly weights: ReadonlyMap<string, Constant>;
}

function write(source: Source, isOpen: boolean): Converted {
  const { topology, nodes, input } = source;
  const graph = graphBuilder('graph-model');
  const image = imageOf(graph, input, isOpen);
  const values = new Map<string, readonly Value[]>();
  const tensorOf = ({ node, port }: Ref) => values.get(node)?.[port];
  const isSole = countUses(topology, nodes);
  for (const node of nodes) {
    values.set(node.name, node.name === input.name ? [image.pixels] : convertNode(node));
  }

  function convertNode(node: GraphNode): readonly Value[] {
    if (node.op === 'Const') return [constantOf(node, source.weights)];
    if (isSwitch(node)) return [constant([0], [], 'bool')];
    const inputs = node.inputs.map((ref) => tensorOf(ref) ?? missing(node, ref));
    if (node.op !== 'Merge' && inputs.some(({ kind }) => kind === 'dead')) return [DEAD, DEAD];
    const operator = OPERATORS.get(node.op);
    if (operator === undefined) throw refusedOperator(node);
    const { name, op, attributes } = node;
    const call: Call = {
      name,
      op,
      attributes,
      inputs,
      graph,
      isSole: (index) => isSole(node.inputs[index]),
      nominalBatch: isOpen ? input.batch : undefined,
      image: input.name,
    };
    const result = operator(call);
    return 'kind' in result ? [result] : result;
  }

  const outputs = topology.outputs.flatMap(({ name, ...ref }) => {
    const value = tensorOf(ref);
    if (value?.kind !== 'flow') return [];
    const output = isOpen && input.batch === 1 ? perImage(graph, value) : value;
    return [{ name, from: asFloats(graph, output), dims: portDims(output.shape) }];
  });
  if (outputs.length === 0) {
    throw new BadInputError({
      code: 'ERR_LAYER_OUTPUTS',
      problem: 'No output of the model depends on its input',
      fix: 'Give another model',
    });
  }
  return {
    model: builtModel(graph.finish({ name: input.name, dims: portDims(lyingShape(image.taken)) }, outputs)),
    original: { dims: input.declared, layout: input.layout },
    takesBytes: takesBytes(input, nodes, tensorOf),
  };
}

const DEAD = { kind: 'dead' } as const;

/** The network's input as it is taken, and as its operators get it. */
function imageOf(graph: GraphBuilder, input: GraphInput, isOpen: boolean): { taken: Flow; pixels: Flow } {
  const shape = [isOpen ? BATCH : (input.batch ?? BATCH), ...input.shape];
  const isPlanar = shape.length === 4 && input.layout === 'NHWC';
  const order = isPlanar ? CHANNELS_FIRST : naturalOrder(shape.length);
  const taken: Flow = { kind: 'flow', type: input.type, shape, order, name: input.name };
  // A network of integers gets the byte that is nearest, which is what a file of the image holds.
  const name = input.type === 'int' ? graph.node('Round', [input.name]) : input.name;
  return { taken, pixels: { ...taken, name } };
}

function constantOf(node: GraphNode, weights: ReadonlyMap<string, Constant>): Constant {
  const value = weights.get(node.name) ?? inlineConstant(node.raw.value);
  if (value === undefined) throw broken(`the constant "${node.name}" has no weights`);
  return value;
}

function missing(node: GraphNode, ref: Ref): never {
  throw broken(`its node "${node.name}" takes output ${ref.port} of "${ref.node}", which has none`);
}

/** Tells whether one node alone takes a tensor. */
function countUses(
  { outputs }: GraphTopology,
  nodes: readonly GraphNode[],
): (ref: Ref | undefined) => boolean {
  const uses = new Map<string, number>();
  for (const { node, port } of [...outputs, ...nodes.flatMap(({ inputs }) => inputs)]) {
    const key = `${node}:${port}`;
    uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  return (ref) => ref !== undefined && uses.get(`${ref.node}:${ref.port}`) === 1;
}

/** An output that a model for one image gives without its batch, e.g. [classes], with it. */
function perImage(graph: GraphBuilder, value: Flow): Flow {
  const at = value.shape.findIndex(isBatched);
  const images = (value.shape[at] ?? BATCH) / BATCH;
  const isLeading = lengthOf(value.shape.slice(0, Math.max(0, at))) === 1;
  if (at === -1 || !isLeading || (at === 0 && images === 1)) return value;
  return reshaped(graph, value, [BATCH, ...(images === 1 ? [] : [images]), ...value.shape.slice(at + 1)]);
}

function asFloats(graph: GraphBuilder, value: Flow): string {
  const name = natural(graph, value);
  return value.type === 'bool' ? graph.node('Cast', [name], { to: int(ELEMENT.float) }) : name;
}
