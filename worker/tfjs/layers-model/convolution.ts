import { int, ints } from '../../onnx/builder.js';
import { addPads, bareOf, type Image } from './image.js';
import type { LayerCall } from './kind.js';
import { type Pair, sweep, type Window, windowAttributes } from './windows.js';

/** Filters by TensorFlow's `kernel` [height, width, channels / groups, filters]. */
export interface Filters {
  readonly kernel: Float32Array;
  readonly filters: number;
  readonly bias: Float32Array | undefined;
  /** Number of groups that channels are divided into, each seen by its own share of the filters. */
  readonly groups?: number;
}

export function convolve(
  { graph, layer }: Pick<LayerCall, 'graph' | 'layer'>,
  image: Image,
  window: Window,
  { kernel, filters, bias, groups = 1 }: Filters,
): Image {
  const [height, width] = window.size;
  const seen = kernel.length / (height * width * filters);
  const { pads, ...out } = sweep(window, image, layer);
  const bare = bareOf(image);
  const constants = [graph.floats(outputsFirst(kernel, seen, filters), [filters, seen, height, width])];
  if (bias !== undefined) constants.push(graph.floats(bias, [filters]));
  const name = graph.node('Conv', [bare.name, ...constants], {
    ...windowAttributes(window, addPads(bare.pads, pads)),
    dilations: ints(window.dilations ?? [1, 1]),
    group: int(groups),
  });
  return { name, ...out, channels: filters };
}

/**
 * The gradient of a convolution by its input, with `kernel` [height, width, filters, channels]. As long as the strides
 * times the image with padding `same`, and longer by what the kernel exceeds the strides with `valid`.
 */
export function convolveTransposed(
  { graph }: Pick<LayerCall, 'graph'>,
  image: Image,
  window: Window,
  { kernel, filters, bias }: Filters,
): Image {
  const { channels, name } = image;
  const along = (length: number, axis: 0 | 1) => {
    const stride = window.strides[axis];
    const reach = (window.size[axis] - 1) * (window.dilations?.[axis] ?? 1) + 1;
    const excess = Math.max(0, reach - stride);
    const cut = window.padding === 'same' ? excess : 0;
    const before = Math.floor(cut / 2);
    return {
      out: length * stride + excess - cut,
      before,
      after: cut - before,
      more: Math.max(0, stride - reach),
    };
  };
  const down = along(image.height, 0);
  const across = along(image.width, 1);
  const more: Pair = [down.more, across.more];
  const constants = [
    graph.floats(outputsFirst(kernel, filters, channels), [channels, filters, ...window.size]),
  ];
  if (bias !== undefined) constants.push(graph.floats(bias, [filters]));
  const node = graph.node('ConvTranspose', [name, ...constants], {
    ...windowAttributes(window, [down.before, across.before, down.after, across.after]),
    dilations: ints(window.dilations ?? [1, 1]),
    output_padding: ints(more),
  });
  return { name: node, height: down.out, width: across.out, channels: filters };
}

/** [area, inputs, outputs] → [outputs, inputs, area]. */
export function outputsFirst(kernel: Float32Array, inputs: number, outputs: number): Float32Array {
  const turned = new Float32Array(kernel.length);
  const area = kernel.length / (inputs * outputs);
  let from = 0;
  for (let a = 0; a < area; a++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) {
        turned[(o * inputs + i) * area + a] = kernel[from++] ?? 0;
      }
    }
  }
  return turned;
}
