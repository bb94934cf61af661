import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { BadInputError, reasonOf } from '../../protocol/base/errors.js';
import { describeIssue } from '../../protocol/base/issue.js';
import { type ChannelOrder, channelCount } from '../../protocol/drawing/tensor-spec.js';
import { OUTPUT_KINDS } from '../onnx/output-kind.js';
import { cleanLabel, labelProblem } from './labels/label.js';
import type { Model } from './model.js';
import {
  type Normalisation,
  needsColour,
  PRESET_NAMES,
  presetNormalisation,
  standardisation,
} from './preprocessing.js';
import { MAX_TEXT_BYTES, readPlainFile } from './read.js';

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
  /** One of the presets of preprocessing.ts, in place of the five below. */
  preprocess: z.enum(PRESET_NAMES).optional(),
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
    value = parse((await readPlainFile(path, MAX_TEXT_BYTES)).toString());
  } catch (cause) {
    throw badCard(
      `The model card ${path} cannot be read (${reasonOf(cause)})`,
      'Check the path, and that it is YAML',
      cause,
    );
  }
  return checkCard(value ?? {}, path);
}

/** A card from outside, checked; throws a {@link BadInputError} (`ERR_CARD`) that names the first key that is wrong. */
export function checkCard(value: unknown, source: string): Card {
  const result = cardSchema.safeParse(value);
  if (!result.success) {
    const problem = describeIssue(result.error, value, 'a model card');
    throw badCard(`${problem} (${source})`, 'Correct the card');
  }
  const { labels } = result.data;
  if (!Array.isArray(labels)) return result.data;
  const problem = labels
    .map((label, at) => labelProblem(label, `Label ${at + 1} of ${source}`))
    .find(Boolean);
  if (problem !== undefined) throw badCard(problem, 'Shorten it');
  return { ...result.data, labels: labels.map(cleanLabel) };
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
 * Scale and offset for each of a network's channels, or undefined when the card (or the flags) say nothing of
 * normalisation. Throws a {@link BadInputError} (`ERR_CARD`) when they say it twice, for another number of channels, or
 * with a mean that no pixel of their range reaches. `name` is the network's, for errors.
 */
export function normalisation(
  input: CardInput,
  channels: ChannelOrder,
  name: string,
): Normalisation | undefined {
  const { preprocess, scale, offset, mean, std, range } = input;
  const affine = namesOf({ scale, offset });
  const standard = namesOf({ mean, std, range });
  const numbers = [...affine, ...standard];
  if (preprocess !== undefined) {
    if (numbers.length > 0) {
      const both = numbers.join(' and ');
      throw badCard(
        `${both} and preprocess (${preprocess}) are both given for ${name}`,
        `Remove ${both}, or preprocess`,
      );
    }
    return presetFor(preprocess, channels, name);
  }
  if (numbers.length === 0) return undefined;
  if (affine.length > 0 && standard.length > 0) {
    throw badCard(
      `${affine.join(' and ')} and ${standard.join(' and ')} are both given for ${name}`,
      'Give scale and offset, or mean, std and range, and not both',
    );
  }
  const spread = (key: string, value: PerChannel | undefined, otherwise: number): readonly number[] => {
    const count = channelCount(channels);
    const list = typeof value === 'object' ? value : Array<number>(count).fill(value ?? otherwise);
    if (list.length === count) return list;
    throw badCard(
      `${key} has ${list.length} numbers, but ${name} has ${count} channel${count === 1 ? '' : 's'}`,
      'Give one number, or one for each channel',
    );
  };
  if (affine.length > 0) return { scale: spread('scale', scale, 1), offset: spread('offset', offset, 0) };
  const deviations = spread('std', std, 1);
  const means = spread('mean', mean, 0);
  if (deviations.includes(0))
    throw badCard(`std is 0 for ${name}, and nothing can be divided by 0`, 'Give another std');
  checkRange(means, deviations, range ?? 1, name);
  return standardisation(means, deviations, range ?? 1);
}

function namesOf(values: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(values).filter((key) => values[key] !== undefined);
}

function presetFor(preprocess: NonNullable<CardInput['preprocess']>, channels: ChannelOrder, name: string) {
  if (channels === 'grey' && needsColour(preprocess)) {
    const others = PRESET_NAMES.filter((each) => !needsColour(each));
    throw badCard(
      `preprocess ${preprocess} has a mean for each colour, but ${name} takes grey images`,
      `Use ${others.slice(0, -1).join(', ')} or ${others.at(-1)}, or give mean and std`,
    );
  }
  return presetNormalisation(preprocess, channels);
}

/** Under a range of 1 the pixels are 0 … 1: a mean or deviation beyond that was measured on bytes. */
function checkRange(
  means: readonly number[],
  deviations: readonly number[],
  range: number,
  name: string,
): void {
  if (range > 1) return;
  const [key, value] = [
    ...means.map((mean) => ['mean', mean] as const),
    ...deviations.map((std) => ['std', std] as const),
  ].find(([, each]) => each > 1) ?? ['', 0];
  if (key === '') return;
  throw badCard(
    `--${key} ${value} (in a card: ${key}) is above 1, but --range is ${range}, so that the pixels of ${name} are 0…${range}`,
    'Add --range 255 (in a card: range: 255), or give --preprocess in place of these numbers',
  );
}

function badCard(problem: string, fix: string, cause?: unknown): BadInputError {
  return new BadInputError({ code: 'ERR_CARD', problem, fix, cause });
}
