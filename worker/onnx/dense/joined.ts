import { channelCount, type TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import { type DenseShape, weightCount } from '../../../protocol/encodings/dense/genome.js';
import { type GraphBuilder, graphBuilder, int, ints, valueInfo } from '../builder.js';
import type { OnnxModel } from '../file.js';
import { modern } from '../gradient/modern.js';
import { drawDense } from './drawing.js';

/** The input that takes the weights of genomes: float32, [N, weights]. */
export const DENSE_WEIGHTS = 'dense/weights';

/** A network as it is fed with images. */
export interface Shown {
  readonly input: string;
  /** Of one image, without the batch. */
  readonly dims: readonly number[];
  readonly batch: number | 'any' | 'single';
  readonly spec: TensorSpec;
  /** Whether it runs on a CPU, which draws in bands. Not, by default. */
  readonly onCpu?: boolean;
}

/**
 * A network with the drawing of dense genomes in front of it: it takes weights ({@link DENSE_WEIGHTS}) in the place of images,
 * and sees the pictures in 8 bits, at its own size, normalised as `spec` says.
 */
export function joinDrawing(
  model: OnnxModel,
  { input, dims, batch, spec, onCpu = false }: Shown,
  shape: DenseShape,
): OnnxModel {
  if (shape.channels !== channelCount(spec.channels))
    throw new RangeError(`${shape.channels} channels for ${spec.channels}`);
  const network = modern(model, 'dense/');
  const graph = graphBuilder('drawing', 'drawing/');
  const bytes = drawDense(graph, DENSE_WEIGHTS, { shape, width: spec.width, height: spec.height, onCpu });
  const images = arranged(graph, bytes, spec, batch === 'single' ? dims : [-1, ...dims]);
  const { nodes, constants } = graph.parts();
  const count = batch === 'any' ? 'N' : batch === 'single' ? 1 : batch;
  const weights = valueInfo({ name: DENSE_WEIGHTS, dims: [count, weightCount(shape)] });
  const named = { name: input, opType: 'Identity', input: [images], output: [input], attribute: [] };
  return {
    ...network,
    graph: {
      ...network.graph,
      node: [...nodes, named, ...(network.graph.node ?? [])],
      initializer: [...(network.graph.initializer ?? []), ...constants],
      input: (network.graph.input ?? []).map((each) => (each.name === input ? weights : each)),
    },
  };
}

/** Bytes, [N, channels, pixels], as the network takes them. */
function arranged(graph: GraphBuilder, bytes: string, spec: TensorSpec, dims: readonly number[]): string {
  const { channels, scale, offset, layout } = spec;
  const count = channelCount(channels);
  const ordered =
    channels === 'BGR' ? graph.node('Gather', [bytes, graph.integers([2, 1, 0])], GATHER_CHANNELS) : bytes;
  const scaled = graph.node('Mul', [ordered, graph.floats(scale, [count, 1])]);
  const normal = graph.node('Add', [scaled, graph.floats(offset, [count, 1])]);
  const turned =
    layout === 'NHWC' && count > 1 ? graph.node('Transpose', [normal], { perm: ints([0, 2, 1]) }) : normal;
  return graph.node('Reshape', [turned, graph.integers(dims)]);
}

const GATHER_CHANNELS = { axis: int(1) };
