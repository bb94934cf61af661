import { channelCount, type TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { EngineName } from '../../protocol/engine-names.js';
import { BadInputError } from '../../protocol/errors.js';
import type { Model } from '../model/model.js';
import { readingsOf } from '../onnx/image-input.js';
import { readNetwork } from '../onnx/network.js';
import { convertModel } from '../tfjs/convert.js';
import type { Converted } from '../tfjs/converted.js';
import type { Classifier } from './classifier.js';

export interface OpenOptions {
  readonly engine: EngineName;
  /** `cpu`, `webgpu`, `cuda` or `cuda:N`; which of them there are depends on the engine. */
  readonly device: string;
}

/**
 * Opens a model on an engine. TensorFlow.js models run on `onnx` too, converted when they are opened.
 * Engines are loaded only when they are asked for. Rejects with a {@link BadInputError} for what cannot be opened.
 */
export async function openClassifier(model: Model, { engine, device }: OpenOptions): Promise<Classifier> {
  if (engine === 'tensorflow') {
    if (model.format === 'onnx') {
      throw new BadInputError({
        code: 'ERR_ENGINE',
        problem: `${model.name} is an ONNX file, which TensorFlow.js cannot run`,
        fix: 'Use --engine onnx',
      });
    }
    const { openTensorflow } = await import('./tensorflow/tensorflow.js');
    return openTensorflow(model, { device });
  }
  const { openOnnx } = await import('./onnx/onnx.js');
  if (model.format === 'onnx') return openOnnx(model, { device });
  const converted = await convertModel(model.path, model.input);
  const input = { ...model.input, layout: layoutOf(converted, model) };
  return openOnnx({ ...model, input }, { device, network: converted.model });
}

/** The layout of a converted network, which need not be the one that its model.json has. */
function layoutOf({ model: network }: Converted, { input, name }: Model): TensorSpec['layout'] {
  const readings = readingsOf(readNetwork(network, name).input.dims);
  const fitting = readings.find(
    ({ channels, width, height }) =>
      (channels ?? channelCount(input.channels)) === channelCount(input.channels) &&
      (width ?? input.width) === input.width &&
      (height ?? input.height) === input.height,
  );
  return fitting?.layout ?? input.layout;
}
