import { z } from 'zod';
import { BadInputError } from '../../../protocol/base/errors.js';
import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import type { Size } from '../../onnx/graph.js';
import type { OpenSize } from '../converted.js';
import { type Network, shapeIn } from './topology.js';

/** The one input of a model. */
export interface ModelInput {
  /** As the model declares it, with the batch first. */
  readonly dims: readonly Size[];
  readonly layout: TensorSpec['layout'];
  /** Without the batch, all sizes known. */
  readonly shape: readonly number[];
  /** It takes integers: the bytes of an image. */
  readonly integers: boolean;
}

const shapeSchema = z.array(z.int().nullable()).min(2).max(5);
/** The configuration of a dtype in Keras 3 is that of a policy. */
const dtypeSchema = z.union([
  z.string(),
  z.looseObject({ config: z.looseObject({ name: z.string() }) }).transform(({ config }) => config.name),
]);

/**
 * The input of a model; `size` stands in for a height and a width that it leaves open.
 * Throws a {@link BadInputError} for a model with several inputs, with one that is no tensor of numbers, or whose shape is not known.
 */
export function inputOf(network: Network, size: OpenSize): ModelInput {
  const start = startOf(network);
  const { shape: declared, dtype } = start;
  const given = shapeSchema.safeParse(declared);
  if (!given.success) {
    throw new BadInputError({
      code: 'ERR_LAYER_INPUTS',
      problem: 'The model does not say what shape its input has',
      fix: 'Build it on an input of known shape before you export it, or export it as an ONNX file',
    });
  }
  if (/string|bool|complex/.test(dtype)) {
    throw new BadInputError({
      code: 'ERR_LAYER_INPUTS',
      problem: `The model takes an input of type ${dtype}, which images do not have`,
      fix: 'Give a model that takes images',
    });
  }
  const dims = given.data.map((length) => (length === null || length < 1 ? undefined : length));
  const [, ...open] = dims;
  const layout = layoutOf(network, open);
  return {
    // The batch is open whatever it was built for.
    dims: [undefined, ...open],
    layout,
    shape: filled(open, layout, size),
    integers: /int/.test(dtype),
  };
}

interface Start {
  readonly shape: unknown;
  readonly dtype: string;
}

/** The shape and the type of a model's input, which may stand in a model within it. */
function startOf(network: Network): Start {
  if (network.inputs.length !== 1) {
    throw new BadInputError({
      code: 'ERR_LAYER_INPUTS',
      problem: `The model takes ${network.inputs.length} inputs`,
      fix: 'Export a model that takes one image',
    });
  }
  const own = network.layers.get(network.inputs[0]?.layer ?? '');
  const first = [...network.layers.values()].find((layer) => layer.className !== 'InputLayer');
  const dtype = dtypeSchema.safeParse(own?.config.dtype ?? first?.config.dtype).data ?? 'float32';
  const shape = shapeIn(own) ?? shapeIn(first);
  // A Sequential without an input layer has the shape in its first layer, or in the model that this is.
  const inner = shape === undefined && first?.network !== undefined ? startOf(first.network) : undefined;
  return inner?.shape === undefined ? { shape: shape ?? network.builtFor, dtype } : inner;
}

/** Images have their channels first where a layer says so, or where only the first dimension can be channels. */
function layoutOf(network: Network, open: readonly Size[]): TensorSpec['layout'] {
  if (open.length !== 3) return 'NHWC';
  const canBeChannels = (length: Size) => length === undefined || length === 1 || length === 3;
  const [first, , last] = open;
  const wants = formatsIn(network);
  if (!canBeChannels(first) || wants.has('channels_last')) return 'NHWC';
  return wants.has('channels_first') || !canBeChannels(last) ? 'NCHW' : 'NHWC';
}

/** Where the first layer that says so expects the channels of its images. */
function formatsIn({ layers }: Network): ReadonlySet<unknown> {
  for (const { config, network } of layers.values()) {
    const format = config.data_format;
    if (typeof format === 'string' && 'kernel_size' in config) return new Set([format]);
    const inner: ReadonlySet<unknown> = network === undefined ? new Set() : formatsIn(network);
    if (inner.size > 0) return inner;
  }
  return new Set();
}

function filled(
  open: readonly Size[],
  layout: TensorSpec['layout'],
  { width, height }: OpenSize,
): readonly number[] {
  const [down, across] = layout === 'NCHW' ? [1, 2] : [0, 1];
  const isImage = open.length === 2 || open.length === 3;
  const shape = open.map((length, i) => {
    if (length !== undefined || !isImage) return length;
    return i === down ? height : i === across ? width : undefined;
  });
  const known = shape.filter((length) => length !== undefined);
  if (known.length === shape.length) return known;
  throw new BadInputError({
    code: 'ERR_LAYER_OPTION',
    problem: `The model leaves the size of its input open: [${['N', ...open.map((length) => length ?? '?')].join(', ')}]`,
    fix: 'Add --size with the size that it was trained with',
  });
}
