import { BadInputError } from '../../protocol/errors.js';
import type { Model } from '../model/model.js';
import { decodeModel } from '../onnx/file.js';
import { readingsOf } from '../onnx/image-input.js';
import { readNetwork } from '../onnx/network.js';
import type { Classifier } from './classifier.js';

export interface OpenOptions {
  readonly engine: Classifier['engine'];
  /** `cpu`, `webgpu`, `cuda` or `cuda:N`; which of them there are depends on the engine. */
  readonly device: string;
}

/**
 * Opens a model on an engine. TensorFlow.js *layers* models run on `onnx` too, converted when they are opened.
 * Engines are loaded only when they are asked for. Rejects with a {@link BadInputError} for what cannot be opened.
 */
export async function openClassifier(model: Model, { engine, device }: OpenOptions): Promise<Classifier> {
  if (engine === 'tensorflow') {
    if (model.format === 'onnx') throw wrongEngine('a TensorFlow.js model', 'an ONNX file', 'onnx');
    const { openTensorflow } = await import('./tensorflow/tensorflow.js');
    return openTensorflow(model, { device });
  }
  if (model.format === 'tfjs-graph') {
    throw wrongEngine('an ONNX file or a layers model', 'a TensorFlow.js graph model', 'tensorflow');
  }
  const { openOnnx } = await import('./onnx/onnx.js');
  if (model.format === 'onnx') return openOnnx(model, { device });
  const { convertLayersModel } = await import('../onnx/convert-layers.js');
  const { width, height } = model.input;
  const bytes = await convertLayersModel(model.path, { width, height });
  return openOnnx({ ...model, input: { ...model.input, layout: layoutOf(bytes, model) } }, { device, bytes });
}

/** The layout of a converted network, which need not be the one that its model.json has. */
function layoutOf(bytes: Uint8Array, model: Model): Model['input']['layout'] {
  const { input } = readNetwork(decodeModel(bytes, model.name), model.name);
  const readings = readingsOf(input.dims).map((reading) => reading.layout);
  return readings[0] ?? model.input.layout;
}

function wrongEngine(expected: string, got: string, engine: string): BadInputError {
  return new BadInputError({
    code: 'ERR_ENGINE',
    expected: `${expected} for this engine`,
    got,
    fix: `use --engine ${engine}`,
  });
}
