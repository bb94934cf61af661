import { BadInputError } from '../../protocol/errors.js';
import { readTfjsModel } from '../classifier/tensorflow/model-files.js';
import {
  channelsFirst,
  fromTensorflow,
  type GraphBuilder,
  graphBuilder,
  inTensorflowOrder,
  lengthOf,
  type Port,
  type Value,
} from './builder.js';
import { encodeModel } from './file.js';
import { applyNetwork, inputShapeOf } from './layers-model/network.js';
import { readTopology } from './layers-model/topology.js';
import { readWeights } from './layers-model/weights.js';

/** The first opset whose Softmax is over one dimension, as Keras's is, and the IR version of its time. */
const OPSET = 13;
const IR_VERSION = 7;
const INPUT = 'input';

export interface ConvertOptions {
  /** How the ONNX network takes images: NCHW, the default, or NHWC as the layers model did, at the cost of a transposition. */
  readonly layout?: 'NHWC' | 'NCHW';
  /** Stand in for a height and a width that the model leaves open. */
  readonly height?: number;
  readonly width?: number;
}

/**
 * A TensorFlow.js layers model (a `model.json` with its shards, float32 or quantised) as the bytes of an ONNX file with
 * one input (float, its batch open) and one output, which is what the model's own last layer gives.
 * The layers known are those that LeNet and MobileNet V1 and V2 are made of. Throws a {@link BadInputError}:
 * `ERR_MODEL_FILE` for files that are missing or broken, `ERR_LAYER_…` for a layer, an option or a weight that cannot be converted.
 */
export async function convertLayersModel(
  modelJsonPath: string,
  options: ConvertOptions = {},
): Promise<Uint8Array> {
  const model = await readTfjsModel(modelJsonPath);
  if (model.format !== 'layers') {
    throw new BadInputError({
      code: 'ERR_LAYER_CLASS',
      expected: `${modelJsonPath} to be a TensorFlow.js layers model`,
      got: 'a graph model',
      fix: 'run this model with --engine tensorflow',
    });
  }
  const network = readTopology(model.json.modelTopology);
  const shape = inputShapeOf(network, options);
  const graph = graphBuilder(network.name);
  const planar = options.layout !== 'NHWC' && shape.length === 3;
  const start = planar ? { name: INPUT, shape } : fromTensorflow(graph, INPUT, shape);
  const [output, ...others] = applyNetwork(network, [start], readWeights(model), graph);
  if (output === undefined || others.length > 0) {
    throw new BadInputError({
      code: 'ERR_LAYER_OUTPUTS',
      expected: 'a model with one output',
      got: `${network.outputs.length}`,
      fix: 'export the part of it that classifies',
    });
  }
  const dims = planar ? channelsFirst(shape) : shape;
  return encodeModel({
    irVersion: IR_VERSION,
    producerName: 'atoll',
    opsetImport: [{ domain: '', version: OPSET }],
    graph: graph.finish({ name: INPUT, dims }, portOf(graph, output)),
  });
}

/** Classes of a network that ends in an image of one pixel stay ONNX's [classes, 1, 1]. */
function portOf(graph: GraphBuilder, output: Value): Port {
  const { shape } = output;
  const onePixel = shape.length === 3 && lengthOf(shape.slice(0, 2)) === 1;
  const name = onePixel ? output.name : inTensorflowOrder(graph, output);
  return { name: graph.node('Identity', [name]), dims: onePixel ? channelsFirst(shape) : shape };
}
