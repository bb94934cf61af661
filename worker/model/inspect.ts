import { BadInputError } from '../../protocol/base/errors.js';
import { integer, type OnnxModel, type ValueInfoProto } from '../onnx/file.js';
import { declaredShape, fedInputs, type Size } from '../onnx/graph.js';
import { elementCount, elementName } from '../onnx/tensor.js';
import type { TfjsModel } from '../tfjs/files.js';
import { lengthOf } from '../tfjs/shape.js';
import { knownByDigest } from './catalogue.js';
import { type ModelFiles, type OnnxFiles, readModel, type TfjsFiles } from './files.js';
import type { LoadedModel, Model, ModelFormat } from './model.js';
import { describeModel, type ModelOverrides } from './resolve.js';

/** What a model's files show, classifier or not; plain data, to be printed or written as JSON. */
export interface Inspection {
  readonly path: string;
  readonly format: ModelFormat;
  readonly digest: string;
  readonly files: number;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** ONNX: operator sets by domain (`ai.onnx` for the standard one). */
  readonly opset?: Readonly<Record<string, number>>;
  /** ONNX: how often each operator occurs. */
  readonly operators?: Readonly<Record<string, number>>;
  /** Numbers in its weights. */
  readonly parameters: number;
  /** Its name in the catalogue; null: not there. */
  readonly knownAs: string | null;
  /** Path of its card; null: none. */
  readonly card: string | null;
  /** It as a classifier of images; null: it is not a classifier, or a flag or card is needed first. */
  readonly classifier: ClassifierFacts | null;
  /** Why it is not, or what has to be said; null: nothing. */
  readonly problem: string | null;
}

interface ClassifierFacts {
  readonly name: string;
  readonly classes: number;
  readonly input: Model['input'];
  /** null: a trial shows it when it is opened. */
  readonly output: Model['output'] | null;
  readonly outputName: string | null;
  readonly notes: readonly string[];
}

interface Port {
  readonly name: string;
  readonly type: string;
  /** null: left open by the file. */
  readonly shape: readonly (number | null)[];
}

/**
 * Looks into a model, given as for {@link readModel}. Rejects with a BadInputError when there is none or its file is
 * broken.
 */
export async function inspectModel(reference: string, overrides: ModelOverrides = {}): Promise<Inspection> {
  const read = await readModel(reference);
  const { path, format, digest, files, card = null } = read;
  const { onnx, ...found } = await classifierFacts(read, overrides);
  const facts = read.format === 'onnx' ? onnxFacts(read) : await tfjsFacts(read, onnx);
  const knownAs = knownByDigest(digest)?.name ?? null;
  return { path, digest, files: files.length, format, ...facts, knownAs, card, ...found };
}

async function classifierFacts(
  files: ModelFiles,
  overrides: ModelOverrides,
): Promise<Pick<Inspection, 'classifier' | 'problem'> & { readonly onnx?: LoadedModel['onnx'] }> {
  try {
    const { model, onnx } = await describeModel(files, overrides);
    const { name, labels, input, output, outputName, notes } = model;
    const classifier = { name, classes: labels.length, input, notes };
    return {
      classifier: { ...classifier, output: output ?? null, outputName: outputName ?? null },
      problem: null,
      onnx,
    };
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error;
    return { classifier: null, problem: error.message };
  }
}

function onnxFacts({ graph: { graph, opsetImport } }: OnnxFiles) {
  const operators: Record<string, number> = {};
  for (const { opType } of graph.node ?? []) operators[opType ?? ''] = (operators[opType ?? ''] ?? 0) + 1;
  return {
    inputs: fedInputs(graph).map(portOf),
    outputs: (graph.output ?? []).map(portOf),
    opset: Object.fromEntries(
      (opsetImport ?? []).map(({ domain, version }) => [domain || 'ai.onnx', integer(version ?? 0)]),
    ),
    operators,
    parameters: (graph.initializer ?? []).reduce((sum, tensor) => sum + elementCount(tensor), 0),
  };
}

function portOf(value: ValueInfoProto): Port {
  const element = value.type?.tensorType?.elemType;
  return {
    name: value.name ?? '',
    type: elementName(element ?? 0),
    shape: orNull(declaredShape(value) ?? []),
  };
}

async function tfjsFacts({ tfjs }: TfjsFiles, onnx: LoadedModel['onnx'] | undefined) {
  const { declaredBy } = await import('../tfjs/declared.js');
  const { dims, outputs } = declaredBy(tfjs);
  const graph =
    onnx === undefined ? await converted(tfjs) : onnx instanceof BadInputError ? undefined : onnx.graph;
  return {
    inputs: [{ name: 'input', type: 'float', shape: orNull(dims) }],
    // Under the names that --output-name takes, where the model can be converted.
    outputs:
      graph?.graph.output?.map(portOf) ?? outputs.map(({ name, dims: shape }) => floatPort(name, shape)),
    parameters: tfjs.specs.reduce((sum, { shape }) => sum + lengthOf(shape), 0),
  };
}

/** A model of which something has to be said first may be converted all the same; undefined: it cannot be. */
async function converted(tfjs: TfjsModel): Promise<OnnxModel | undefined> {
  const { convertModel } = await import('../tfjs/convert.js');
  try {
    return (await convertModel(tfjs, {})).model;
  } catch (error) {
    if (error instanceof BadInputError) return undefined;
    throw error;
  }
}

function floatPort(name: string, dims: readonly Size[] | undefined): Port {
  return { name, type: 'float', shape: orNull(dims ?? []) };
}

function orNull(sizes: readonly Size[]): (number | null)[] {
  return sizes.map((size) => size ?? null);
}
