import { z } from 'zod';
import { BadInputError } from '../../../protocol/errors.js';
import type { GraphBuilder, Value } from '../builder.js';

/** A layer being called on its inputs. */
export interface LayerCall {
  readonly layer: LayerName;
  readonly graph: GraphBuilder;
  readonly inputs: readonly Value[];
  /** The one input of a layer that takes one. */
  readonly input: Value;
  /** A weight of the layer, e.g. `kernel`, which must have this shape. */
  weight(name: string, shape: readonly number[]): Float32Array;
}

export interface LayerName {
  readonly name: string;
  readonly className: string;
}

/** How layers of one class are written in ONNX. */
export type LayerKind = (config: Readonly<Record<string, unknown>>, call: LayerCall) => Value;

/** What a configuration says that has no bearing on what a trained layer computes. */
const IGNORED = new Set([
  'name',
  'trainable',
  'dtype',
  'batch_input_shape',
  'batch_size',
  'input_dtype',
  'fused',
]);
const TRAINING_ONLY = /_(initializer|regularizer|constraint)$/;

/**
 * A kind of layer from the options that it takes (`null` stands for an absent one) and what it does with them.
 * An option that is not among them is refused by name: it would change the result unseen.
 */
export function layerKind<Shape extends z.ZodRawShape>(
  shape: Shape,
  convert: (options: z.output<z.ZodObject<Shape>>, call: LayerCall) => Value,
): LayerKind {
  const schema = z.strictObject(shape);
  return (config, call) => {
    const given = Object.entries(config).filter(
      ([key, value]) => value !== null && !IGNORED.has(key) && !TRAINING_ONLY.test(key),
    );
    const options = schema.safeParse(Object.fromEntries(given));
    if (!options.success) throw refusedOption(call.layer, options.error, config);
    return convert(options.data as z.output<z.ZodObject<Shape>>, call);
  };
}

const count = z.int().min(1);

/** Options that several kinds share. */
export const option = {
  count,
  /** One number for both directions, or [vertical, horizontal]. */
  pair: z.union([count.transform((n): [number, number] => [n, n]), z.tuple([count, count])]),
  padding: z.enum(['same', 'valid']).default('valid'),
  dataFormat: z.literal('channels_last').default('channels_last'),
};

export function refusedLayer({ name, className }: LayerName, expected: string): BadInputError {
  return new BadInputError({
    code: 'ERR_LAYER_CLASS',
    expected,
    got: `${className} ("${name}")`,
    fix: 'run this model with --engine tensorflow',
  });
}

/** A layer that is known, used in a way that is not. */
export function refusedUse({ name, className }: LayerName, expected: string, got: string): BadInputError {
  return new BadInputError({
    code: 'ERR_LAYER_OPTION',
    expected: `${className} ("${name}") ${expected}`,
    got,
    fix: 'run this model with --engine tensorflow',
  });
}

function refusedOption(
  layer: LayerName,
  error: z.ZodError,
  config: Readonly<Record<string, unknown>>,
): BadInputError {
  const issue = error.issues[0];
  const key = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0];
  const name = String(key);
  return refusedUse(
    layer,
    `with an option ${name} that can be converted`,
    JSON.stringify(config[name]) ?? 'none',
  );
}
