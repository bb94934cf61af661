import { z } from 'zod';
import { BadInputError } from '../../../protocol/errors.js';
import type { GraphBuilder, Value } from '../builder.js';
import { ACTIVATION_KINDS } from './activations.js';
import { CONVOLUTION_KINDS } from './convolutions.js';
import { DENSE_KINDS } from './dense.js';
import { type LayerKind, type LayerName, refusedLayer, refusedUse } from './kind.js';
import { SHAPE_KINDS } from './shapes.js';
import { isNetwork, type Layer, type Network, readNetwork, type TensorRef } from './topology.js';
import type { Weight } from './weights.js';
import { POOLING_KINDS } from './windows.js';

const KINDS: ReadonlyMap<string, LayerKind> = new Map(
  Object.entries({
    ...CONVOLUTION_KINDS,
    ...POOLING_KINDS,
    ...DENSE_KINDS,
    ...ACTIVATION_KINDS,
    ...SHAPE_KINDS,
  }),
);

const inputSchema = z.object({
  // Keras 3 calls it batch_shape.
  batch_input_shape: z.array(z.int().min(1).nullable()).min(2).optional(),
  batch_shape: z.array(z.int().min(1).nullable()).min(2).optional(),
  dtype: z.literal('float32').default('float32'),
});

/**
 * The shape of the one input of a model, without the batch. `size` stands in for a height and a width left open.
 * Throws a {@link BadInputError} when the model has several inputs, or one without a shape.
 */
export function inputShapeOf(
  { inputs, layers }: Network,
  size: { readonly height?: number | undefined; readonly width?: number | undefined },
): readonly number[] {
  const layer = layers.get(inputs[0]?.layer ?? '');
  if (inputs.length !== 1 || layer === undefined) {
    throw new BadInputError({
      code: 'ERR_LAYER_INPUTS',
      expected: 'a model with one input',
      got: `${inputs.length}`,
      fix: 'export a model that takes one image',
    });
  }
  const config = inputSchema.safeParse(layer.config);
  const [, ...open] = config.data?.batch_input_shape ?? config.data?.batch_shape ?? [];
  const shape = open.map(
    (length, i) => length ?? (open.length === 3 ? [size.height, size.width][i] : undefined),
  );
  const known = shape.filter((length) => length !== undefined);
  if (known.length === 0 || known.length < shape.length) {
    throw refusedUse(layer, 'of float32 and of a known shape', JSON.stringify(layer.config));
  }
  return known;
}

/** Writes `network`, called on `inputs`, into `graph`; returns its outputs. Layers find their weights by their names. */
export function applyNetwork(
  network: Network,
  inputs: readonly Value[],
  weights: ReadonlyMap<string, Weight>,
  graph: GraphBuilder,
): readonly Value[] {
  const values = new Map(network.inputs.map((ref, i) => [keyOf(ref), inputs[i]]));
  const underway = new Set<string>();

  /** Keras lists most networks in an order in which they can be computed, but does not promise it. */
  function resultOf(ref: TensorRef): Value {
    const key = keyOf(ref);
    const known = values.get(key);
    if (known !== undefined) return known;
    const layer = network.layers.get(ref.layer);
    const call = layer?.calls[ref.call - layer.firstCall];
    if (layer === undefined || call === undefined || underway.has(key)) {
      throw new BadInputError({
        code: 'ERR_MODEL_FILE',
        expected: 'a model whose layers are called on one another, from the input on',
        got: `layer "${ref.layer}", which ${underway.has(key) ? 'waits for itself' : 'is not called'}`,
        fix: 'export the model again',
      });
    }
    underway.add(key);
    const value = applyLayer(layer, call.map(resultOf), weights, graph);
    values.set(key, value);
    return value;
  }

  for (const layer of network.layers.values()) {
    layer.calls.forEach((_, i) => {
      resultOf({ layer: layer.name, call: layer.firstCall + i });
    });
  }
  return network.outputs.map(resultOf);
}

function applyLayer(
  layer: Layer,
  inputs: readonly Value[],
  weights: ReadonlyMap<string, Weight>,
  graph: GraphBuilder,
): Value {
  const { className, config } = layer;
  const [input] = inputs;
  if (input === undefined) throw refusedUse(layer, 'called on something', 'no input');
  if (isNetwork(className)) {
    const inner = readNetwork(className, config);
    const [output, ...others] = applyNetwork(inner, inputs, weights, graph);
    if (output !== undefined && others.length === 0) return output;
    throw refusedUse(layer, 'with one output', `${inner.outputs.length}`);
  }
  if (className === 'InputLayer') return input;
  const kind = KINDS.get(className);
  if (kind === undefined) throw refusedLayer(layer, `layers among ${[...KINDS.keys()].join(', ')}`);
  const weight = (name: string, shape: readonly number[]) => weightOf(layer, name, shape, weights);
  return kind(config, { layer, graph, inputs, input, weight });
}

function weightOf(
  { name, className }: LayerName,
  weightName: string,
  shape: readonly number[],
  weights: ReadonlyMap<string, Weight>,
): Float32Array {
  const weight = weights.get(`${name}/${weightName}`);
  if (weight !== undefined && String(weight.shape) === String(shape)) return weight.values;
  throw new BadInputError({
    code: 'ERR_LAYER_WEIGHT',
    expected: `a weight "${name}/${weightName}" of shape [${shape.join(', ')}] for ${className} ("${name}")`,
    got: weight === undefined ? 'none of that name' : `[${weight.shape.join(', ')}]`,
    fix: 'export the model again, model.json and all its shards',
  });
}

function keyOf({ layer, call }: TensorRef): string {
  return `${call}:${layer}`;
}
