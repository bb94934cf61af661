import { BadInputError } from '../../protocol/base/errors.js';
import { INTEGERS } from '../onnx/float-input.js';
import { type ImageShape, readingsOf } from '../onnx/image-input.js';
import {
  chooseOutput,
  inputShape,
  type Network,
  type NetworkOutput,
  type OnnxNetwork,
  readNetwork,
} from '../onnx/network.js';
import type { OutputKind } from '../onnx/output-kind.js';
import { withoutZipMap, zipMapLabels } from '../onnx/zip-map.js';
import type { OpenSize } from '../tfjs/converted.js';
import type { ModelFiles, OnnxFiles, TfjsFiles } from './files.js';
import { cleanLabel } from './labels/label.js';
import { fileName } from './name-of.js';

/** What a model's own files say of it. */
export interface FileFacts {
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
  /** The network for ONNX Runtime; or why the model cannot be converted: then it runs on TensorFlow.js alone. */
  readonly onnx: OnnxNetwork | BadInputError;
}

/** Facts about a model from its card or flags: to tell its outputs apart, and in place of a size that it leaves open. */
export interface Said extends OpenSize {
  readonly classes?: number | undefined;
  readonly outputName?: string | undefined;
}

/** What a model's files show; rejects with a {@link BadInputError} when they are no whole classifier of images. */
export async function factsOf(files: ModelFiles, said: Said): Promise<FileFacts> {
  return files.format === 'onnx' ? onnxFacts(files, said) : tfjsFacts(files, said);
}

function onnxFacts({ path, graph: file, bytes, external }: OnnxFiles, said: Said): FileFacts {
  const name = fileName(path);
  const graph = withoutZipMap(file);
  const network = readNetwork(graph, name);
  const { input } = network;
  const output = chosen(network, said, name);
  return {
    readings: readingsOf(input.dims),
    takesBytes: INTEGERS.includes(input.element),
    ...outputFacts(network, output),
    labels: zipMapLabels(file.graph, output.name)?.map(cleanLabel),
    onnx: { graph, input, output, external, ...(graph === file ? { bytes } : {}) },
  };
}

/**
 * What the converted network shows, so that all that is said of a model is what it will run as. A model that cannot be
 * converted runs on TensorFlow.js alone, and shows what its model.json declares.
 */
async function tfjsFacts({ path, tfjs }: TfjsFiles, said: Said): Promise<FileFacts> {
  const [{ convertModel }, { declaredBy, declaredNetwork }] = await Promise.all([
    import('../tfjs/convert.js'),
    import('../tfjs/declared.js'),
  ]);
  const name = fileName(path);
  const declared = declaredNetwork(declaredBy(tfjs));
  const readings = readingsOf(declared?.input.dims ?? []);
  try {
    const { model: graph, original, takesBytes } = await convertModel(tfjs, sizeOf(said, readings));
    const network = readNetwork(graph, name);
    const { input } = network;
    const shape = inputShape(original.dims, []);
    const output = chosen(network, said, name);
    return {
      readings: readingsOf(shape?.dims ?? []).filter(
        ({ layout }) => layout === undefined || layout === original.layout,
      ),
      takesBytes,
      ...outputFacts(network, output),
      labels: undefined,
      onnx: { graph, input, output, external: new Map() },
    };
  } catch (error) {
    if (!isRefusal(error) || declared === undefined) throw error;
    return {
      readings,
      takesBytes: false,
      ...declaredFacts(declared, said, name),
      labels: undefined,
      onnx: error,
    };
  }
}

/** What is said of the size, else what the only way to read the declared shape shows: the graph may leave it open. */
function sizeOf({ width, height }: Said, readings: readonly ImageShape[]): OpenSize {
  const [only, ...others] = readings;
  if (only === undefined || others.length > 0) return { width, height };
  return { width: width ?? only.width, height: height ?? only.height };
}

function chosen(network: Network, said: Said, name: string): NetworkOutput {
  return chooseOutput(network, { name: said.outputName, classes: said.classes }, name);
}

type OutputFacts = Pick<FileFacts, 'width' | 'output' | 'outputName'>;

function outputFacts({ outputs }: Network, { name, width, kind }: NetworkOutput): OutputFacts {
  return { width, output: kind, outputName: outputs.length > 1 ? name : undefined };
}

/** The only output that a model.json declares has no name there: whatever name is given is left to TensorFlow.js. */
function declaredFacts(network: Network, said: Said, name: string): OutputFacts {
  if (network.outputs.length > 1 || said.outputName === undefined) {
    return outputFacts(network, chosen(network, said, name));
  }
  const { outputName, ...rest } = said;
  return { ...outputFacts(network, chosen(network, rest, name)), outputName };
}

/** Whether a model was refused for what cannot be converted, not for what is broken. */
function isRefusal(error: unknown): error is BadInputError {
  return error instanceof BadInputError && /^ERR_LAYER_/.test(error.code);
}
