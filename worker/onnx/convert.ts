import { readTfjsModel } from '../classifier/tensorflow/model-files.js';
import { convertLayers, type OpenSize } from './convert-layers.js';
import type { Converted } from './converted.js';
import { convertGraph } from './graph-model/convert.js';

/**
 * A TensorFlow.js model, layers or graph, as an ONNX network. `size` stands in for a width and a height that it leaves
 * open. Rejects with a {@link BadInputError}: `ERR_MODEL_FILE` for files that are missing or broken, `ERR_LAYER_…` for
 * what cannot be converted.
 */
export async function convertModel(path: string, size: OpenSize = {}): Promise<Converted> {
  const model = await readTfjsModel(path);
  if (model.format === 'layers') return convertLayers(model, size);
  const { width, height } = size;
  return convertGraph(model, { ...(width && { width }), ...(height && { height }) });
}
