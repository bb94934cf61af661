import { basename, dirname, join } from 'node:path';
import { BadInputError } from '../../protocol/errors.js';
import { externalFiles } from '../onnx/external-data.js';
import { decodeModel } from '../onnx/file.js';
import { INTEGERS } from '../onnx/float-input.js';
import { type ImageShape, readingsOf } from '../onnx/image-input.js';
import { chooseOutput, inputShape, type Network, readNetwork } from '../onnx/network.js';
import type { OutputKind } from '../onnx/output-kind.js';
import { withoutZipMap, zipMapLabels } from '../onnx/zip-map.js';
import { convertModel } from '../tfjs/convert.js';
import type { OpenSize } from '../tfjs/converted.js';
import { cleanLabel } from './labels/label.js';
import type { ModelFormat } from './model.js';
import { fileName } from './name-of.js';
import { readModelFile } from './read.js';
import { declaredNetwork, readTfjsFacts } from './tfjs-facts.js';

/** What a model's own files say of it. */
export interface FileFacts {
  readonly format: ModelFormat;
  /** Absolute paths, the opened one first. */
  readonly files: readonly string[];
  /** Every way to read the shape of its input; at least one. */
  readonly readings: readonly ImageShape[];
  /** Whether it takes bytes, 0 … 255, and scales them itself. */
  readonly takesBytes: boolean;
  /** Scores that it gives an image; undefined: the file does not say. */
  readonly width: number | undefined;
  /** What its scores are, as far as the file shows it. */
  readonly output: OutputKind | undefined;
  /** The output that holds the scores, where there are several. */
  readonly outputName: string | undefined;
  /** What it calls its classes, if anything. */
  readonly labels: readonly string[] | undefined;
  /** Why it cannot be converted, as a sentence; such a model runs on TensorFlow.js alone. */
  readonly refused?: string;
}

/** What is said of a model elsewhere: to tell its outputs apart, and in place of a size that it leaves open. */
export interface Said extends OpenSize {
  readonly classes?: number | undefined;
  readonly outputName?: string | undefined;
}

/** Reads a model's files; rejects with a {@link BadInputError} when they are no whole classifier of images. */
export async function readFacts(path: string, said: Said): Promise<FileFacts> {
  return path.endsWith('.json') ? tfjsFacts(path, said) : onnxFacts(path, said);
}

async function onnxFacts(path: string, said: Said): Promise<FileFacts> {
  const name = basename(path);
  const model = decodeModel(await readModelFile(path), name);
  const network = readNetwork(withoutZipMap(model), name);
  const facts = networkFacts(network, said, name);
  return {
    format: 'onnx',
    files: [path, ...externalFiles(model).map((file) => join(dirname(path), file))],
    readings: readingsOf(network.input.dims),
    takesBytes: INTEGERS.includes(network.input.element),
    ...facts,
    labels: zipMapLabels(model.graph, facts.outputName ?? network.outputs[0]?.name ?? '')?.map(cleanLabel),
  };
}

/**
 * What the converted network shows, so that all that is said of a model is what it will run as. A model that cannot be
 * converted runs on TensorFlow.js alone, and shows what its model.json declares.
 */
async function tfjsFacts(path: string, said: Said): Promise<FileFacts> {
  const declared = await readTfjsFacts(path);
  const { format, files } = declared;
  const name = fileName(path);
  try {
    const { model, original, takesBytes } = await convertModel(path, said);
    const network = readNetwork(model, name);
    const shape = inputShape(original.dims, []);
    return {
      format,
      files,
      readings: readingsOf(shape?.dims ?? []).filter(
        ({ layout }) => layout === undefined || layout === original.layout,
      ),
      takesBytes,
      ...networkFacts(network, said, name),
      labels: undefined,
    };
  } catch (error) {
    const network = declaredNetwork(declared);
    if (!isRefusal(error) || network === undefined) throw error;
    const readings = readingsOf(network.input.dims);
    const refused = error.problem;
    const facts = declaredFacts(network, said, name);
    return { format, files, readings, takesBytes: false, ...facts, labels: undefined, refused };
  }
}

function networkFacts(
  network: Network,
  said: Said,
  name: string,
): Pick<FileFacts, 'width' | 'output' | 'outputName'> {
  const output = chooseOutput(network, { name: said.outputName, classes: said.classes }, name);
  return {
    width: output.width,
    output: output.kind,
    outputName: network.outputs.length > 1 ? output.name : undefined,
  };
}

/** The only output that a model.json declares has no name there: whatever name is given is left to TensorFlow.js. */
function declaredFacts(network: Network, said: Said, name: string): ReturnType<typeof networkFacts> {
  if (network.outputs.length > 1 || said.outputName === undefined) return networkFacts(network, said, name);
  return { ...networkFacts(network, { ...said, outputName: undefined }, name), outputName: said.outputName };
}

/** Whether a model was refused for what cannot be converted, not for what is broken. */
function isRefusal(error: unknown): error is BadInputError {
  return error instanceof BadInputError && /^ERR_LAYER_/.test(error.code);
}
