import { BadInputError } from '../../protocol/base/errors.js';
import type { OnnxModel, ValueInfoProto } from './file.js';
import { INTEGERS } from './float-input.js';
import { declaredShape, fedInputs, type Size } from './graph.js';
import { classCount, type OutputKind, outputKind } from './output-kind.js';
import { ELEMENT, elementName } from './tensor.js';

/** What a network says of itself as a classifier of images. */
export interface Network {
  readonly input: NetworkInput;
  /** The outputs that could be a score for each class, in the file's order; at least one. */
  readonly outputs: readonly NetworkOutput[];
}

export interface NetworkInput {
  readonly name: string;
  readonly element: number;
  /** Of one image, without the batch: [a,b,c], or [height,width] of grey ones, or one number, all pixels in a row. */
  readonly dims: readonly Size[];
  /** How many images a call takes: any number, always the same number, or `single`: there is no such dimension. */
  readonly batch: 'any' | 'single' | number;
}

export interface NetworkOutput {
  readonly name: string;
  /** Numbers an image; undefined: the file does not say. */
  readonly width: number | undefined;
  /** As far as the graph shows it. */
  readonly kind: OutputKind | undefined;
}

/** A network as ONNX Runtime is to run it: a graph, and what it takes and gives as a classifier. */
export interface OnnxNetwork {
  readonly graph: OnnxModel;
  /** The bytes of `graph`, where it is as its file has it. */
  readonly bytes?: Uint8Array;
  /** Weights that lie in files of their own, by the names that the graph has for them. */
  readonly external: ReadonlyMap<string, Uint8Array>;
  readonly input: NetworkInput;
  /** The output that holds the scores. */
  readonly output: NetworkOutput;
}

const FLOATS: readonly number[] = [ELEMENT.float, ELEMENT.float16, ELEMENT.double];

/**
 * Reads a network's input and outputs off its graph. `name` is what an error calls the file. Throws a
 * {@link BadInputError} (`ERR_NOT_CLASSIFIER`) unless it takes one tensor of images and gives a row of numbers an image.
 */
export function readNetwork(model: OnnxModel, name: string): Network {
  const inputs = fedInputs(model.graph);
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) {
    const names = inputs.map((each) => each.name).join(', ');
    throw notClassifier(
      `${name} has ${inputs.length} inputs${names && ` (${names})`}, and a classifier has one`,
    );
  }
  const dims = declaredShape(input);
  const element = input.type?.tensorType?.elemType ?? 0;
  if (![...FLOATS, ...INTEGERS].includes(element)) {
    throw notClassifier(`The input of ${name} takes ${elementName(element)} elements, which are no pixels`);
  }
  const outputs = model.graph.output ?? [];
  const shape = dims && inputShape(dims, outputs.map(declaredShape));
  if (shape === undefined) {
    throw notClassifier(
      `The input of ${name} has shape ${shapeText(dims)}. Images are [N,C,H,W] or [N,H,W,C] with 1 or 3 channels, [N,H,W] or [N,pixels]`,
    );
  }
  const scores = outputs.flatMap((output) => readOutput(output, shape.batch, model));
  if (scores.length === 0) {
    const shapes = outputs.map((output) => shapeText(declaredShape(output)));
    throw notClassifier(`No output of ${name} is a row of scores: the shapes are ${shapes.join(', ')}`);
  }
  return { input: { name: input.name ?? '', element, ...shape }, outputs: scores };
}

/**
 * The input's dimensions without the batch, and the batch; undefined: no images. Whether three dimensions are a
 * batch of grey images or one image in colour shows in what comes out: a batch of as many rows, or one row.
 */
export function inputShape(
  dims: readonly Size[],
  outputs: readonly (readonly Size[] | undefined)[],
): Pick<NetworkInput, 'dims' | 'batch'> | undefined {
  const [first, ...rest] = dims;
  const batched = { dims: rest, batch: first ?? ('any' as const) };
  const single = { dims, batch: 'single' as const };
  const rows = outputs.some((output) => output?.[0] === first);
  switch (dims.length) {
    case 4:
      return isImage(rest) ? batched : undefined;
    case 3:
      return first === undefined || rows || !isImage(dims) ? batched : single;
    case 2:
      return first === undefined || rows || outputs.includes(undefined) ? batched : single;
    case 1:
      return single;
    default:
      return undefined;
  }
}

/** Whether the first or the last of three dimensions can be 1 or 3 channels. */
function isImage(dims: readonly Size[]): boolean {
  const canBeChannels = (size: Size) => size === undefined || size === 1 || size === 3;
  return canBeChannels(dims[0]) || canBeChannels(dims.at(-1));
}

function readOutput(
  value: ValueInfoProto,
  batch: NetworkInput['batch'],
  { graph }: OnnxModel,
): NetworkOutput[] {
  const element = value.type?.tensorType?.elemType ?? 0;
  if (!FLOATS.includes(element)) return [];
  const name = value.name ?? '';
  const width = rowWidth(declaredShape(value), batch);
  return width === 'none' ? [] : [{ name, width, kind: outputKind(graph, name) }];
}

/** The numbers of a row of scores, dimensions of 1 left out; undefined: not said; `none`: this is no row. */
export function rowWidth(dims: readonly Size[] | undefined, batch: NetworkInput['batch']): Size | 'none' {
  if (dims === undefined) return undefined;
  if (dims.length === 0) return 'none';
  // Of one dimension: scores of the only image, unless it is the batch, of one score each.
  const isRow = batch === 'single' || (dims.length === 1 && dims[0] !== undefined && dims[0] !== batch);
  const row = isRow ? dims : dims.slice(1);
  const sizes = row.filter((size) => size !== 1);
  if (sizes.length === 0) return 1;
  const [width] = sizes;
  return sizes.length > 1 || (width === undefined && row.length > 1) ? 'none' : width;
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
  const { outputs } = network;
  const named = outputs.filter((output) => output.name === wanted.name);
  const sized = outputs.filter(({ width }) => width !== undefined && classCount(width) === wanted.classes);
  const certain = (sized.length > 0 ? sized : outputs).filter((output) => output.kind === 'softmax');
  const groups = wanted.name === undefined ? [outputs, sized, certain] : [named];
  for (const [output, ...others] of groups) {
    if (output !== undefined && others.length === 0) return output;
  }
  const list = outputs.map((output) => `${output.name} (${widthText(output.width)})`).join(', ');
  throw new BadInputError({
    code: 'ERR_MODEL_OUTPUT',
    problem:
      wanted.name === undefined
        ? `${name} has several outputs that could be the scores: ${list}`
        : `${name} has no output ${JSON.stringify(wanted.name)} with scores; it has ${list}`,
    fix: `Name one of them with --output-name, or as output.name in the model card`,
  });
}

function widthText(width: number | undefined): string {
  return width === undefined ? 'size not declared' : `${width} number${width === 1 ? '' : 's'}`;
}

/** A shape as a person reads it, e.g. `[?,3,224,224]`. */
export function shapeText(dims: readonly Size[] | undefined): string {
  return dims === undefined ? 'unknown' : `[${dims.map((size) => size ?? '?').join(',')}]`;
}

function notClassifier(problem: string): BadInputError {
  return new BadInputError({ code: 'ERR_NOT_CLASSIFIER', problem, fix: 'Give a classifier of images' });
}
