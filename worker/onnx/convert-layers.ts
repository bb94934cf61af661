import { BadInputError } from '../../protocol/errors.js';
import { readTfjsModel, type TfjsModel } from '../classifier/tensorflow/model-files.js';
import {
  channelsFirst,
  type GraphBuilder,
  graphBuilder,
  inTensorflowOrder,
  lengthOf,
  type Port,
  type Value,
} from './builder.js';
import type { Converted } from './converted.js';
import { encodeModel } from './file.js';
import { applyNetwork, inputShapeOf } from './layers-model/network.js';
import { readTopology } from './layers-model/topology.js';
import { readWeights } from './layers-model/weights.js';

/** The first opset whose Softmax is over one dimension, as Keras's is, and the IR version of its time. */
const OPSET = 13;
const IR_VERSION = 7;

/** Stand in for a height and a width that a model leaves open. */
export interface OpenSize {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** The bytes of the ONNX network that {@link convertLayers} makes of a `model.json` and its shards. */
export async function convertLayersModel(modelJsonPath: string, size: OpenSize = {}): Promise<Uint8Array> {
  return encodeModel(convertLayers(await readTfjsModel(modelJsonPath), size).model);
}

/** A TensorFlow.js layers model as an ONNX network with all its outputs. */
export function convertLayers(model: TfjsModel, size: OpenSize = {}): Converted {
  if (model.format !== 'layers') {
    throw new BadInputError({
      code: 'ERR_LAYER_CLASS',
      problem: 'This is a TensorFlow.js graph model, not a layers model',
      fix: 'Run it with --engine tensorflow',
    });
  }
  const network = readTopology(model.json.modelTopology);
  const names = network.outputs.map(({ layer }) => layer);
  const inputName = names.includes('input') ? 'image' : 'input';
  const shape = inputShapeOf(network, size);
  const graph = graphBuilder(network.name);
  const outputs = applyNetwork(network, [{ name: inputName, shape }], readWeights(model), graph);
  const ports = outputs.map((output, i) => portOf(graph, output, names[i] ?? ''));
  const dims = shape.length === 3 ? channelsFirst(shape) : shape;
  return {
    model: {
      irVersion: IR_VERSION,
      producerName: 'atoll',
      opsetImport: [{ domain: '', version: OPSET }],
      graph: graph.finish({ name: inputName, dims }, ...ports),
    },
    original: { dims: [undefined, ...shape], layout: 'NHWC' },
    takesBytes: false,
  };
}

/** Classes of a network that ends in an image of one pixel stay ONNX's [classes, 1, 1]. */
function portOf(graph: GraphBuilder, output: Value, name: string): Port {
  const { shape } = output;
  const onePixel = shape.length === 3 && lengthOf(shape.slice(0, 2)) === 1;
  const source = onePixel ? output.name : inTensorflowOrder(graph, output);
  return {
    name: graph.node('Identity', [source], {}, name),
    dims: onePixel ? channelsFirst(shape) : shape,
  };
}
