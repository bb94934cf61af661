import type { Converted, OpenSize } from './converted.js';
import type { TfjsModel } from './files.js';
import { convertGraph } from './graph-model/convert.js';
import { convertLayers } from './layers-model/convert.js';

/**
 * A TensorFlow.js model, layers or graph, as an ONNX network. `size` stands in for a width and a height that it leaves
 * open. Throws a {@link BadInputError}: `ERR_MODEL_FILE` for a broken topology, `ERR_LAYER_…` for what cannot be
 * converted.
 */
export function convertModel(model: TfjsModel, size: OpenSize): Converted {
  return model.format === 'layers' ? convertLayers(model, size) : convertGraph(model, size);
}
