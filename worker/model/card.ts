import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import { BadInputError, reasonOf } from '../../protocol/errors.js';
import { explainIssue } from '../../protocol/issue.js';
import { type Model, OUTPUT_KINDS } from './model.js';

/**
 * A model card: YAML beside a model that says what its file does not. Everything is optional, for the file or the
 * catalogue may say it; unknown keys are errors.
 */

/** A number for all channels or one for each, in the tensor's order. */
const perChannel = z.union([z.number(), z.array(z.number()).min(1).max(3).readonly()]);
type PerChannel = z.infer<typeof perChannel>;
const side = z.int().min(1).max(4096);
const text = z.union([z.string(), z.number()]);

export const inputSchema = z.strictObject({
  layout: z.enum(['NCHW', 'NHWC']).optional(),
  width: side.optional(),
  height: side.optional(),
  channels: z.enum(['RGB', 'BGR', 'grey']).optional(),
  /** tensor = byte · scale + offset, for bytes 0 … 255 … */
  scale: perChannel.optional(),
  offset: perChannel.optional(),
  /** … or tensor = (byte · range / 255 − mean) / std: `range` 1 for means like .485, 255 for means like 123.68. */
  mean: perChannel.optional(),
  std: perChannel.optional(),
  range: z.number().positive().optional(),
});

const cardSchema = z.strictObject({
  name: z.string().min(1).optional(),
  format: z.enum(['onnx', 'tfjs-layers', 'tfjs-graph']).optional(),
  /** The model's file, relative to the card; needed only where several lie beside it. */
  file: z.string().min(1).optional(),
  input: inputSchema.optional(),
  output: z
    .union([
      z.enum(OUTPUT_KINDS),
      z.strictObject({ kind: z.enum(OUTPUT_KINDS).optional(), name: z.string().optional() }),
    ])
    .optional(),
  /** A file, relative to the card, or the labels themselves. */
  labels: z.union([z.string().min(1), z.array(text.transform(String)).min(1)]).optional(),
  license: text.optional(),
  source: text.optional(),
  data: text.optional(),
  accuracy: text.optional(),
  seed: text.optional(),
  rebuild: text.optional(),
  notes: text.optional(),
});

export type Card = z.infer<typeof cardSchema>;
export type CardInput = Readonly<z.infer<typeof inputSchema>>;

/** Reads a card; rejects with a {@link BadInputError} (`ERR_CARD`) that names the first key that is wrong. */
export async function readCard(path: string): Promise<Card> {
  let value: unknown;
  try {
    value = parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw badCard(`a model card (YAML) at ${path}`, reasonOf(cause), 'check the path and the file', cause);
  }
  return checkCard(value ?? {}, path);
}

/** A card from outside, checked; throws a {@link BadInputError} (`ERR_CARD`) that names the first key that is wrong. */
export function checkCard(value: unknown, source: string): Card {
  const result = cardSchema.safeParse(value);
  if (result.success) return result.data;
  const { expected, got } = explainIssue(result.error, value, 'a model card');
  throw badCard(expected, `${got} in ${source}`, 'correct the card');
}

/** The complete card of a model: with it beside the files, nothing else need be known. `file` and `labels` are relative. */
export function cardOf(model: Model, file: string, labels: string): string {
  const { name, format, input, output, outputName, about } = model;
  return stringify({
    name,
    format,
    file,
    input,
    output: outputName === undefined ? output : { kind: output, name: outputName },
    labels,
    ...about,
  });
}

/** What a card says for people to read. */
export function aboutOf(card: Card): Model['about'] {
  const { license, source, data, accuracy, seed, rebuild, notes } = card;
  const about = Object.entries({ license, source, data, accuracy, seed, rebuild, notes });
  const said = about.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

/**
 * Scale and offset for each of `channels` channels, or undefined when the card says nothing of normalisation.
 * Throws a {@link BadInputError} (`ERR_CARD`) when it says it twice, or for another number of channels.
 */
export function normalisation(
  input: CardInput,
  channels: number,
  source: string,
): Pick<TensorSpec, 'scale' | 'offset'> | undefined {
  const affine = input.scale !== undefined || input.offset !== undefined;
  const standard = input.mean !== undefined || input.std !== undefined || input.range !== undefined;
  if (!affine && !standard) return undefined;
  if (affine && standard) {
    throw badCard('scale and offset, or mean, std and range', `both in ${source}`, 'give one of them');
  }
  const spread = (value: PerChannel | undefined, otherwise: number): readonly number[] => {
    const list = typeof value === 'object' ? value : Array<number>(channels).fill(value ?? otherwise);
    if (list.length === channels) return list;
    throw badCard(`normalisation for ${channels} channels`, `${list.length} in ${source}`, 'correct it');
  };
  if (affine) return { scale: spread(input.scale, 1), offset: spread(input.offset, 0) };
  const std = spread(input.std, 1);
  if (std.includes(0)) throw badCard('a std other than 0', `0 in ${source}`, 'correct it');
  return {
    scale: std.map((each) => (input.range ?? 1) / 255 / each),
    offset: spread(input.mean, 0).map((each, c) => (each === 0 ? 0 : -each / (std[c] ?? 1))),
  };
}

function badCard(expected: string, got: string, fix: string, cause?: unknown): BadInputError {
  return new BadInputError({ code: 'ERR_CARD', expected, got, fix, cause });
}
