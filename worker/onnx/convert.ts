import { BadInputError } from '../../protocol/errors.js';
import { readTfjsModel } from '../classifier/tensorflow/model-files.js';
import { convertLayersModel } from './convert-layers.js';
import type { Converted } from './converted.js';
import { decodeModel } from './file.js';

/** Stand in for a width and a height that a model leaves open. */
export interface OpenSize {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/**
 * A TensorFlow.js model, layers or graph, as an ONNX network. Rejects with a {@link BadInputError}: `ERR_MODEL_FILE` for
 * files that are missing or broken, `ERR_LAYER_…` or `ERR_NODE_…` for what cannot be converted.
 */
export async function convertModel(path: string, size: OpenSize = {}): Promise<Converted> {
  const { format } = await readTfjsModel(path);
  if (format === 'graph') throw new BadInputError({ code: 'ERR_NODE_OP', problem: 'not yet', fix: 'wait' });
  const model = decodeModel(
    await convertLayersModel(path, {
      ...(size.width && { width: size.width }),
      ...(size.height && { height: size.height }),
    }),
  );
  return { model, original: { dims: [], layout: 'NHWC' }, takesBytes: false };
}
