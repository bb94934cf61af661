import type { Converted, OpenSize } from './converted.js';
import type { TfjsModel } from './files.js';

/**
 * A TensorFlow.js model, layers or graph, as an ONNX network. `size` stands in for a width and a height that it leaves
 * open. Rejects with a {@link BadInputError}: `ERR_MODEL_FILE` for a broken topology, `ERR_LAYER_…` for what cannot be
 * converted. Only the half that the model needs is loaded.
 */
export async function convertModel(model: TfjsModel, size: OpenSize): Promise<Converted> {
  if (model.format === 'layers')
    return (await import('./layers-model/convert.js')).convertLayers(model, size);
  return (await import('./graph-model/convert.js')).convertGraph(model, size);
}
