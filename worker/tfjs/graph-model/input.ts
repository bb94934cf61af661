import { BadInputError } from '../../../protocol/base/errors.js';
import type { Size } from '../../onnx/graph.js';
import type { OpenSize } from '../converted.js';
import type { Attributes } from './attributes.js';
import type { GraphNode, GraphTopology } from './nodes.js';
import type { ElementType } from './values.js';

/** The one input of a graph model. */
export interface GraphInput {
  readonly name: string;
  readonly type: ElementType;
  /** As the model declares them. */
  readonly declared: readonly Size[];
  /** Without the batch, and with nothing left open. */
  readonly shape: readonly number[];
  /** undefined: any. */
  readonly batch: number | undefined;
  readonly layout: 'NCHW' | 'NHWC';
}

/**
 * Finds the input among the nodes that the outputs depend on. Throws a {@link BadInputError}: `ERR_LAYER_INPUTS` unless there
 * is one, `ERR_LAYER_OPTION` when its shape is not known.
 */
export function readInput(topology: GraphTopology, nodes: readonly GraphNode[], size: OpenSize): GraphInput {
  const node = inputNode(topology, nodes);
  const type = node.attributes.type('dtype') ?? 'float';
  const declared = declaredShape(node.attributes, topology.shapes.get(node.name), size);
  if (declared === undefined) throw shapeless(node, 'The model does not say of what shape its input is');
  const [batch, ...open] = declared;
  const layout = layoutOf(declared, node, nodes);
  const shape = filled(open, layout, size);
  if (shape === undefined) {
    throw shapeless(node, `The model leaves the height and the width of its input open`);
  }
  return { name: node.name, type, declared, shape, batch, layout };
}

/** A phase of training is an input too, but not one to feed. */
export function isSwitch(node: GraphNode): boolean {
  return node.op === 'Placeholder' && node.attributes.type('dtype') === 'bool';
}

function inputNode({ inputs }: GraphTopology, nodes: readonly GraphNode[]): GraphNode {
  const placeholders = nodes.filter((node) => node.op === 'Placeholder' && !isSwitch(node));
  const withDefault = nodes.filter(
    (node) =>
      node.op === 'PlaceholderWithDefault' &&
      inputs.includes(node.name) &&
      (node.attributes.shape('shape')?.length ?? 0) > 0,
  );
  const found = placeholders.length > 0 ? placeholders : withDefault;
  const [node, ...others] = found;
  if (node !== undefined && others.length === 0) return node;
  const names = found.map(({ name }) => name).join(', ');
  throw new BadInputError({
    code: 'ERR_LAYER_INPUTS',
    problem:
      node === undefined
        ? 'The outputs of the model depend on no input'
        : `The model takes ${found.length} inputs (${names}), where Atoll feeds one image`,
    fix: 'Export a model that takes one image',
  });
}

function declaredShape(
  attributes: Attributes,
  signed: readonly number[] | undefined,
  { width, height }: OpenSize,
): Size[] | undefined {
  const shape = [attributes.shape('shape'), signed].find((each) => each !== undefined && each.length > 0);
  if (shape !== undefined) return shape.map((size) => (size > 0 ? size : undefined));
  return width === undefined || height === undefined ? undefined : [undefined, height, width, 3];
}

const isChannels = (size: Size) => size === 1 || size === 3;

/** Channels are few. Where both ends could be channels, the first operators know which are. */
function layoutOf(declared: readonly Size[], node: GraphNode, nodes: readonly GraphNode[]): 'NCHW' | 'NHWC' {
  if (declared.length !== 4 || !isChannels(declared[1])) return 'NHWC';
  if (!isChannels(declared[3]) && declared[3] !== undefined) return 'NCHW';
  for (const next of followers(node.name, nodes)) {
    if (next.op === 'Transpose' || next.attributes.text('data_format', 'NHWC') === 'NCHW') return 'NCHW';
    if (next.attributes.numbers('strides') !== undefined) return 'NHWC';
  }
  return 'NHWC';
}

/** The nodes after `name`, one after the other, as long as they follow it in single file. */
export function* followers(name: string, nodes: readonly GraphNode[]): Generator<GraphNode> {
  const met = new Set([name]);
  for (const node of nodes) {
    if (!node.inputs.some((input) => met.has(input.node))) continue;
    yield node;
    met.add(node.name);
  }
}

function filled(
  open: readonly Size[],
  layout: 'NCHW' | 'NHWC',
  { width, height }: OpenSize,
): number[] | undefined {
  const stand = open.length !== 3 ? [] : layout === 'NHWC' ? [height, width, 3] : [3, height, width];
  const shape = open.map((size, axis) => size ?? stand[axis]);
  const known = shape.filter((size) => size !== undefined);
  return known.length === shape.length && known.length > 0 ? known : undefined;
}

function shapeless(node: GraphNode, problem: string): BadInputError {
  return new BadInputError({
    code: 'ERR_LAYER_OPTION',
    problem: `${problem} ("${node.name}")`,
    fix: 'Add --size, for example --size 224',
  });
}
