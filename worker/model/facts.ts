import { basename, dirname, join } from 'node:path';
import { BadInputError } from '../../protocol/errors.js';
import { externalFiles } from '../onnx/external-data.js';
import { decodeModel } from '../onnx/file.js';
import { type ImageShape, readingsOf } from '../onnx/image-input.js';
import { chooseOutput, readNetwork } from '../onnx/network.js';
import type { ModelFormat } from './model.js';
import { readModelFile } from './read.js';
import { readTfjsFacts } from './tfjs-facts.js';

/** What a model's own files say of it. */
export interface FileFacts {
  readonly format: ModelFormat;
  /** Absolute paths, the opened one first. */
  readonly files: readonly string[];
  /** Every way to read the shape of its input; at least one. */
  readonly readings: readonly ImageShape[];
  /** undefined: the file does not say. */
  readonly classes: number | undefined;
  /** Whether its last operator is a softmax. */
  readonly softmax: boolean;
  /** The output that holds the scores, where there are several. */
  readonly outputName: string | undefined;
}

/** What is said of a model elsewhere, to tell its outputs apart. */
export interface Said {
  readonly classes: number | undefined;
  readonly outputName: string | undefined;
}

/** Reads a model's files; rejects with a {@link BadInputError} when they are no whole classifier of images. */
export async function readFacts(path: string, said: Said): Promise<FileFacts> {
  if (path.endsWith('.json')) {
    const { dims, ...facts } = await readTfjsFacts(path);
    const readings = readingsOf(dims).filter((reading) => reading.layout === 'NHWC');
    if (readings.length > 0) return { ...facts, readings, outputName: undefined };
    throw new BadInputError({
      code: 'ERR_NOT_CLASSIFIER',
      expected: `${path} to take images of 1 or 3 channels`,
      got: `${dims.at(-1)}`,
      fix: 'give another model',
    });
  }
  const name = basename(path);
  const model = decodeModel(await readModelFile(path), name);
  const network = readNetwork(model, name);
  const output = chooseOutput(network, { name: said.outputName, classes: said.classes }, name);
  return {
    format: 'onnx',
    files: [path, ...externalFiles(model).map((file) => join(dirname(path), file))],
    readings: readingsOf(network.input.dims),
    classes: output.classes,
    softmax: output.softmax,
    outputName: network.outputs.length > 1 ? output.name : undefined,
  };
}
