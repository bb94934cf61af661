import { BadInputError } from '../../../protocol/base/errors.js';
import { builtModel, type GraphBuilder, graphBuilder, type Output } from '../../onnx/builder.js';
import type { Converted, OpenSize } from '../converted.js';
import type { TfjsModel } from '../files.js';
import { lengthOf } from '../shape.js';
import { inputOf } from './input.js';
import { writeNetwork } from './network.js';
import { outputNames } from './output-names.js';
import { Refusal } from './refusal.js';
import { tensorflowLoads } from './tensorflow-classes.js';
import { readTopology, type Topology } from './topology.js';
import { dimsOf, isPlanar, straightened, type Value } from './values.js';
import { weightFinder } from './weight-finder.js';
import { readWeights } from './weights.js';

/**
 * A TensorFlow.js layers model (float32 or quantised), written by Keras 2, Keras 3 or TensorFlow.js, as an ONNX network
 * with all its outputs. `size` stands in for a height and a width that the model leaves open.
 * Throws a {@link BadInputError}: `ERR_MODEL_FILE` for a topology that is broken, `ERR_LAYER_…` for a layer, an option,
 * a weight or an input that cannot be converted.
 */
export function convertLayers(model: TfjsModel, size: OpenSize = {}): Converted {
  if (model.format !== 'layers') {
    throw new BadInputError({
      code: 'ERR_LAYER_CLASS',
      problem: 'This is a TensorFlow.js graph model, not a layers model',
      fix: 'Run it with --engine tensorflow',
    });
  }
  const topology = readTopology(model.json.modelTopology);
  try {
    return convert(model, topology, size);
  } catch (error) {
    throw error instanceof Refusal ? withRemedy(error, topology) : error;
  }
}

function convert(model: TfjsModel, topology: Topology, size: OpenSize): Converted {
  const { network } = topology;
  const { dims, layout, shape, integers } = inputOf(network, size);
  const names = outputNames(network);
  const graph = graphBuilder(network.name);
  const inputName = names.includes('input') ? 'image' : 'input';
  const straight = shape.length === 3 && layout === 'NCHW' ? { straight: true } : {};
  const input = { name: inputName, shape, ...straight };
  const weights = weightFinder(readWeights(model));
  const { outputs, takesBytes } = writeNetwork(topology, input, { graph, weights });
  const ports = outputs.map((output, i) => portOf(graph, output, names[i] ?? ''));
  return {
    model: builtModel(graph.finish({ name: inputName, dims: ['N', ...dimsOf(input)] }, ports)),
    original: { dims, layout },
    takesBytes: takesBytes || integers,
  };
}

/** Classes of a network that ends in an image of one pixel stay ONNX's [classes, 1, 1]. */
function portOf(graph: GraphBuilder, output: Value, name: string): Output {
  const onePixel = isPlanar(output) && lengthOf(output.shape.slice(0, 2)) === 1;
  const source = onePixel ? output : straightened(graph, output);
  return { name, from: source.name, dims: ['N', ...dimsOf(source)] };
}

/** TensorFlow.js may run what cannot be converted; where it does not know the layers either, only another file helps. */
function withRemedy(cause: Refusal, topology: Topology): BadInputError {
  const { code, message } = cause;
  if (tensorflowLoads(topology)) {
    return new BadInputError({
      code,
      problem: message,
      fix: 'Run the model with --engine tensorflow',
      cause,
    });
  }
  return new BadInputError({
    code,
    problem: `${message}, and TensorFlow.js cannot load this model either`,
    fix: 'Export the model as an ONNX file, e.g. with tf2onnx',
    cause,
  });
}
