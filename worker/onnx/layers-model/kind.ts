import { z } from 'zod';
import type { GraphBuilder, Value } from '../builder.js';
import { refusedUse } from './refusal.js';

/** What a layer is called on beside tensors: numbers, names, lists, as the topology has them. */
export interface Constant {
  readonly constant: unknown;
}

export type Operand = Value | Constant;

/** A layer being called on its inputs. */
export interface LayerCall {
  readonly layer: LayerName;
  readonly graph: GraphBuilder;
  /** All tensors that it is called on. */
  readonly inputs: readonly Value[];
  /** The one input of a layer that takes one. */
  readonly input: Value;
  /** Arguments by position, then by name, tensors and constants alike. */
  readonly positional: readonly Operand[];
  readonly named: Readonly<Record<string, Operand>>;
  /** A weight of the layer, e.g. `kernel`, or what else it may be called, which must have this shape. */
  weight(names: string | readonly string[], shape: readonly number[]): Float32Array;
  /** Notes that the layer computes `input` · `scale` + `offset`, which tells the range of a network's own input. */
  scales(scale: number, offset: number): void;
}

export interface LayerName {
  readonly name: string;
  readonly className: string;
  /** The major version of the Keras that wrote it. */
  readonly keras: number;
}

/** How layers of one class are written in ONNX. */
export type LayerKind = (config: Readonly<Record<string, unknown>>, call: LayerCall) => Value;

/** What a configuration says that has no bearing on what a trained layer computes. */
const IGNORED = new Set([
  'autocast',
  'batch_input_shape',
  'batch_shape',
  'batch_size',
  'dtype',
  'fused',
  'input_dim',
  'input_dtype',
  'input_shape',
  'momentum',
  'name',
  'seed',
  'trainable',
]);
const TRAINING_ONLY = /_(initializer|regularizer|constraint)$/;

/**
 * A kind of layer from the options that it takes (`null` stands for an absent one) and what it does with them.
 * An option that is not among them, and is not off, is refused by name: it would change the result unseen.
 */
export function layerKind<Shape extends z.ZodRawShape>(
  shape: Shape,
  convert: (options: z.output<z.ZodObject<Shape>>, call: LayerCall) => Value,
): LayerKind {
  const schema = z.strictObject(shape);
  return (config, call) => {
    const given = Object.entries(config).filter(
      ([key, value]) =>
        value !== null &&
        !(key in shape ? false : value === false || IGNORED.has(key) || TRAINING_ONLY.test(key)),
    );
    const options = schema.safeParse(Object.fromEntries(given));
    if (!options.success) throw refusedOption(call.layer, options.error, config);
    return convert(options.data as z.output<z.ZodObject<Shape>>, call);
  };
}

/** A layer that does nothing when it is not trained, whatever its options say. */
export const identityKind: LayerKind = (_, { input }) => input;

const count = z.int().min(1);
const size = z.int().min(0);
const sides = z.tuple([size, size]);
type Sides = [[number, number], [number, number]];

/** Options that several kinds share. */
export const option = {
  count,
  /** One number for both directions, or [vertical, horizontal]. */
  pair: z.union([count.transform((n): [number, number] => [n, n]), z.tuple([count, count])]),
  /** A number, which may stand in a list of its own. */
  single: z.union([count, z.tuple([count]).transform(([n]) => n)]),
  padding: z.enum(['same', 'valid']).default('valid'),
  /** Where an image's channels are. */
  dataFormat: z
    .enum(['channels_last', 'channels_first', 'channelsLast', 'channelsFirst'])
    .default('channels_last')
    .transform((format) => format === 'channels_first' || format === 'channelsFirst')
    .transform((first): DataFormat => (first ? 'channels_first' : 'channels_last')),
  /** One number all round, [vertical, horizontal], or [[top, bottom], [left, right]]. */
  sides: z.union([
    size.transform(
      (n): Sides => [
        [n, n],
        [n, n],
      ],
    ),
    sides.transform(
      ([v, h]): Sides => [
        [v, v],
        [h, h],
      ],
    ),
    z.tuple([sides, sides]),
  ]),
  axes: z.union([z.int().transform((axis) => [axis]), z.array(z.int())]),
};

export type DataFormat = 'channels_last' | 'channels_first';

/** An axis of Keras's, which counts the batch, among the dimensions of `shape`, which has none. */
export function axisIn(shape: readonly number[], axis: number, layer: LayerName): number {
  const index = axis < 0 ? shape.length + axis : axis - 1;
  if (index >= 0 && index < shape.length) return index;
  throw refusedUse(layer, `has the axis ${axis} and is called on a tensor of shape [${shape.join(', ')}]`);
}

function refusedOption(
  layer: LayerName,
  error: z.ZodError,
  config: Readonly<Record<string, unknown>>,
): Error {
  const issue = error.issues[0];
  const key = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0];
  const name = String(key);
  const value = JSON.stringify(config[name]);
  return refusedUse(
    layer,
    value === undefined
      ? `lacks its option ${name}`
      : `has the option ${name} = ${value}, which is not converted`,
  );
}
