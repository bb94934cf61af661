import { BadInputError } from '../../protocol/errors.js';
import type { GraphProto, OnnxModel, ValueInfoProto } from './file.js';
import { declaredShape, fedInputs, type Size } from './graph.js';
import { ELEMENT, elementName } from './tensor.js';

/** What an ONNX file says of itself as a classifier of images. */
export interface Network {
  readonly input: { readonly name: string; readonly element: number; readonly dims: readonly Size[] };
  /** The outputs that could be a score for each class, in the file's order; at least one. */
  readonly outputs: readonly NetworkOutput[];
}

export interface NetworkOutput {
  readonly name: string;
  /** undefined: the file does not say. */
  readonly classes: number | undefined;
  /** True when the last operator of this output is a softmax. */
  readonly softmax: boolean;
}

const FLOATS: readonly number[] = [ELEMENT.float, ELEMENT.float16];

/**
 * Reads a network's input and outputs off its graph. `name` is what an error calls the file. Throws a
 * {@link BadInputError} (`ERR_NOT_CLASSIFIER`) unless it takes one tensor of images ([N,C,H,W] or [N,H,W,C], C 1 or 3,
 * float or float16) and gives [N,classes], with trailing dimensions of 1 allowed.
 */
export function readNetwork(model: OnnxModel, name: string): Network {
  const inputs = fedInputs(model.graph);
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) {
    throw notClassifier(name, `one with ${inputs.length} inputs`);
  }
  const dims = declaredShape(input);
  const element = input.type?.tensorType?.elemType ?? 0;
  if (dims === undefined || !isImageShape(dims)) {
    throw notClassifier(name, `an input of shape ${shapeText(dims)}`);
  }
  if (!FLOATS.includes(element)) throw notClassifier(name, `an input of ${elementName(element)} elements`);
  const outputs = (model.graph.output ?? []).flatMap((output) => readOutput(model.graph, output));
  if (outputs.length === 0) {
    const shapes = (model.graph.output ?? []).map((output) => shapeText(declaredShape(output)));
    throw notClassifier(name, `outputs of shape ${shapes.join(', ')}`);
  }
  return { input: { name: input.name ?? '', element, dims }, outputs };
}

/** True for four dimensions of which the second or the last can be 1 or 3 channels. */
function isImageShape(dims: readonly Size[]): boolean {
  const canBeChannels = (size: Size) => size === undefined || size === 1 || size === 3;
  return dims.length === 4 && (canBeChannels(dims[1]) || canBeChannels(dims[3]));
}

function readOutput(graph: GraphProto, value: ValueInfoProto): NetworkOutput[] {
  const element = value.type?.tensorType?.elemType ?? 0;
  const dims = declaredShape(value);
  if (!FLOATS.includes(element)) return [];
  const name = value.name ?? '';
  const softmax = endsInSoftmax(graph, name);
  if (dims === undefined) return [{ name, classes: undefined, softmax }];
  if (dims.length < 2) return [];
  const sizes = dims.slice(1).filter((size) => size !== 1);
  const [classes] = sizes;
  if (sizes.length !== 1 || (classes === undefined && dims.length > 2)) return [];
  return [{ name, classes, softmax }];
}

/** Operators that pass a row of scores on as it is. */
const TRANSPARENT: readonly string[] = [
  'Cast',
  'DequantizeLinear',
  'Dropout',
  'Flatten',
  'Identity',
  'QuantizeLinear',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
];

function endsInSoftmax(graph: GraphProto, output: string): boolean {
  let name = output;
  // Backwards through a graph in topological order, each node is met before what it feeds on.
  for (const node of [...(graph.node ?? [])].reverse()) {
    if (!node.output?.includes(name)) continue;
    if (node.opType === 'Softmax' || node.opType === 'QLinearSoftmax') return true;
    if (!TRANSPARENT.includes(node.opType ?? '')) return false;
    name = node.input?.[0] ?? '';
  }
  return false;
}

/**
 * The output that holds the classes' scores: the one called `wanted.name`; else the only one; else the only one with
 * `wanted.classes`; else, of logits and their softmax, the softmax. Throws a {@link BadInputError} (`ERR_MODEL_OUTPUT`).
 */
export function chooseOutput(
  network: Network,
  wanted: { readonly name?: string | undefined; readonly classes?: number | undefined },
  name: string,
): NetworkOutput {
  const named = network.outputs.filter((output) => output.name === wanted.name);
  const sized = network.outputs.filter((output) => output.classes === wanted.classes);
  const certain = (sized.length > 0 ? sized : network.outputs).filter((output) => output.softmax);
  const groups = wanted.name === undefined ? [network.outputs, sized, certain] : [named];
  for (const [output, ...others] of groups) {
    if (output !== undefined && others.length === 0) return output;
  }
  throw new BadInputError({
    code: 'ERR_MODEL_OUTPUT',
    expected: `one output of ${name} for the classes' scores`,
    got: `${wanted.name === undefined ? '' : `the name ${JSON.stringify(wanted.name)} and `}the outputs ${network.outputs.map((output) => output.name).join(', ')}`,
    fix: "name one of them as the model card's output.name",
  });
}

/** A shape as a person reads it, e.g. `[?,3,224,224]`. */
export function shapeText(dims: readonly Size[] | undefined): string {
  return dims === undefined ? 'unknown' : `[${dims.map((size) => size ?? '?').join(',')}]`;
}

function notClassifier(name: string, got: string): BadInputError {
  return new BadInputError({
    code: 'ERR_NOT_CLASSIFIER',
    expected: `${name} to be a classifier of images: [N,C,H,W] or [N,H,W,C] floats in, C 1 or 3, [N,classes] out`,
    got,
    fix: 'give another model',
  });
}
