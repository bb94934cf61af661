import type { Converted, OpenSize } from './converted.js';
import { readTfjsModel } from './files.js';
import { convertGraph } from './graph-model/convert.js';
import { convertLayers } from './layers-model/convert.js';

/**
 * A TensorFlow.js model, layers or graph, as an ONNX network. `size` stands in for a width and a height that it leaves
 * open. Rejects with a {@link BadInputError}: `ERR_MODEL_FILE` for files that are missing or broken, `ERR_LAYER_…` for
 * what cannot be converted.
 */
export async function convertModel(path: string, size: OpenSize = {}): Promise<Converted> {
  const model = await readTfjsModel(path);
  return model.format === 'layers' ? convertLayers(model, size) : convertGraph(model, size);
}
