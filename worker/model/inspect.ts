import { basename, dirname, join } from 'node:path';
import { BadInputError } from '../../protocol/errors.js';
import { externalFiles } from '../onnx/external-data.js';
import { decodeModel, integer, type ValueInfoProto } from '../onnx/file.js';
import { declaredShape, fedInputs, type Size } from '../onnx/graph.js';
import { elementCount, elementName } from '../onnx/tensor.js';
import { convertModel } from '../tfjs/convert.js';
import { knownByDigest } from './catalogue.js';
import { digestModel } from './digest.js';
import { locate } from './locate.js';
import type { Model, ModelFormat } from './model.js';
import { readModelFile } from './read.js';
import { type ModelOverrides, resolveModel } from './resolve.js';
import { readTfjsFacts } from './tfjs-facts.js';

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
  /** What it is as a classifier of images; null: it is none, or something has to be said first. */
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
 * Looks into a model, given as for {@link resolveModel}. Rejects with a BadInputError when there is none or its file
 * is broken.
 */
export async function inspectModel(reference: string, overrides: ModelOverrides = {}): Promise<Inspection> {
  const { path, card } = await locate(reference);
  const facts = path.endsWith('.json') ? await tfjsFacts(path) : await onnxFacts(path);
  const { files, ...rest } = facts;
  const digest = await digestModel(files, dirname(path));
  const knownAs = knownByDigest(digest)?.name ?? null;
  const classifier = await classifierFacts(reference, overrides);
  return { path, digest, files: files.length, ...rest, knownAs, card: card ?? null, ...classifier };
}

async function classifierFacts(
  reference: string,
  overrides: ModelOverrides,
): Promise<Pick<Inspection, 'classifier' | 'problem'>> {
  try {
    const { name, labels, input, output, outputName, notes } = await resolveModel(reference, overrides);
    const classifier = { name, classes: labels.length, input, notes };
    return {
      classifier: { ...classifier, output: output ?? null, outputName: outputName ?? null },
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error;
    return { classifier: null, problem: error.message };
  }
}

async function onnxFacts(path: string) {
  const model = decodeModel(await readModelFile(path), basename(path));
  const { graph } = model;
  const operators: Record<string, number> = {};
  for (const { opType } of graph.node ?? []) operators[opType ?? ''] = (operators[opType ?? ''] ?? 0) + 1;
  return {
    format: 'onnx' as const,
    files: [path, ...externalFiles(model).map((file) => join(dirname(path), file))],
    inputs: fedInputs(graph).map(portOf),
    outputs: (graph.output ?? []).map(portOf),
    opset: Object.fromEntries(
      (model.opsetImport ?? []).map(({ domain, version }) => [domain || 'ai.onnx', integer(version ?? 0)]),
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

async function tfjsFacts(path: string) {
  const { format, files, dims, outputs, parameters } = await readTfjsFacts(path);
  return {
    format,
    files,
    inputs: [{ name: 'input', type: 'float', shape: orNull(dims) }],
    outputs: (await convertedOutputs(path)) ?? outputs.map(({ name, dims }) => floatPort(name, dims)),
    parameters,
  };
}

/** The outputs under the names that --output-name takes; undefined for a model that cannot be converted. */
async function convertedOutputs(path: string): Promise<Port[] | undefined> {
  try {
    const { model } = await convertModel(path);
    return (model.graph.output ?? []).map(portOf);
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
