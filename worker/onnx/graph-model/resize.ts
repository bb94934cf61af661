import { int } from '../convert-graph.js';
import { arranged, CHANNELS_FIRST, shapeTensor } from './layout.js';
import { type Call, flowOf, numbersOf, type Operators } from './operator.js';
import { refusedUse } from './refusals.js';
import { textAttribute } from './text-attribute.js';
import type { Flow } from './values.js';
import { formatOf, requireImages } from './window.js';

export const RESIZES: Operators = {
  ResizeBilinear: bilinear,
  ResizeNearestNeighbor: nearest,
  DepthToSpace: (call) => blocks(call, 'DepthToSpace'),
  SpaceToDepth: (call) => blocks(call, 'SpaceToDepth'),
};

/** [height, width] of the result. */
function sizeOf(call: Call): [number, number] {
  const [height, width] = numbersOf(call, 1, 'size');
  if (height === undefined || width === undefined) throw refusedUse(call, 'its size is no height and width');
  return [height, width];
}

function bilinear(call: Call): Flow {
  const { graph, attributes } = call;
  const input = flowOf(call, 0);
  requireImages(call, input);
  const [batch = 1, rows = 1, columns = 1, channels = 1] = input.shape;
  const [height, width] = sizeOf(call);
  if (height === rows && width === columns) return input;
  const mode = attributes.flag('align_corners')
    ? 'align_corners'
    : attributes.flag('half_pixel_centers')
      ? 'half_pixel'
      : 'asymmetric';
  const sizes = shapeTensor(graph, [batch, channels, height, width], call.image);
  const name = graph.node('Resize', [arranged(graph, input, CHANNELS_FIRST), '', '', sizes], {
    mode: textAttribute('linear'),
    coordinate_transformation_mode: textAttribute(mode),
  });
  return {
    kind: 'flow',
    type: 'float',
    shape: [batch, height, width, channels],
    order: CHANNELS_FIRST,
    name,
  };
}

/** Which row or column each of the result's is: as TensorFlow.js counts them (its kernel ResizeNearestNeighbor). */
function nearest(call: Call): Flow {
  const { graph, attributes } = call;
  const input = flowOf(call, 0);
  requireImages(call, input);
  const size = sizeOf(call);
  const corners = attributes.flag('align_corners');
  const centers = attributes.flag('half_pixel_centers');
  let { name } = input;
  const shape = [...input.shape];
  size.forEach((after, i) => {
    const axis = i + 1;
    const before = shape[axis] ?? 1;
    if (after === before) return;
    const step = corners && after > 1 ? (before - 1) / (after - 1) : before / after;
    const places = Array.from({ length: after }, (_, at) => {
      const from = centers ? step * (at + 0.5) : step * at;
      return Math.max(0, Math.min(before - 1, corners ? Math.round(from) : Math.floor(from)));
    });
    name = graph.node('Gather', [name, graph.integers(places)], { axis: int(input.order.indexOf(axis)) });
    shape[axis] = after;
  });
  return { kind: 'flow', type: input.type, shape, order: input.order, name };
}

/** Channels spread over blocks of pixels, or blocks of pixels stacked as channels; the order in a block is TensorFlow's in ONNX too. */
function blocks(call: Call, type: 'DepthToSpace' | 'SpaceToDepth'): Flow {
  const { graph, attributes } = call;
  const input = flowOf(call, 0);
  requireImages(call, input);
  const format = formatOf(call);
  const block = attributes.number('block_size', 1);
  const grown = type === 'DepthToSpace' ? block : 1 / block;
  const name = graph.node(type, [arranged(graph, input, format.order)], { blocksize: int(block) });
  const shape = input.shape.map((size, axis) => {
    if (axis === 0) return size;
    return axis === format.channels ? size / grown ** 2 : size * grown;
  });
  return { kind: 'flow', type: 'float', shape, order: format.order, name };
}
