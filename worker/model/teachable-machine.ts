import { join } from 'node:path';
import { z } from 'zod';
import { BadInputError } from '../../protocol/base/errors.js';
import type { CardInput } from './card.js';
import { cleanLabel } from './labels/label.js';
import { MAX_TEXT_BYTES, readPlainFile } from './read.js';

/** What Teachable Machine's `metadata.json` says of the model beside it. */
export interface Metadata {
  /** The network takes pixels −1 … 1, of this size where it is said. */
  readonly input: CardInput;
  /** The name that its maker gave it, if any. */
  readonly name: string | undefined;
}

const side = z.int().min(1).max(4096);
const metadataSchema = z.looseObject({
  packageName: z.string().optional(),
  modelName: z.string().optional(),
  imageSize: z.union([side, z.looseObject({ width: side, height: side })]).optional(),
  wordLabels: z.unknown().optional(),
  tfjsSpeechCommandsVersion: z.unknown().optional(),
});

/**
 * Reads `metadata.json` in a model's directory; undefined where there is none, or one of something else. The labels in
 * it are found as those of other files are (labels/beside.ts).
 *
 * Teachable Machine's image library scales pixels to −1 … 1, and its models of grey images take one channel, which the
 * network's own shape shows (`capture` in its `utils/tf.ts`, which divides by 127; its exports to Python and issue
 * reports have 127.5, a difference of .4 %). Rejects with a BadInputError (`ERR_NOT_CLASSIFIER`) for its pose and sound models.
 */
export async function readMetadata(directory: string): Promise<Metadata | undefined> {
  const file = join(directory, 'metadata.json');
  // No such file: not an export of Teachable Machine.
  const bytes = await readPlainFile(file, MAX_TEXT_BYTES).catch(() => undefined);
  return bytes && metadataOf(bytes.toString(), directory);
}

/** As {@link readMetadata}, from the file's text. */
export function metadataOf(text: string, directory: string): Metadata | undefined {
  const found = metadataSchema.safeParse(jsonOf(text));
  if (!found.success) return undefined;
  const { packageName = '', modelName, imageSize, wordLabels, tfjsSpeechCommandsVersion } = found.data;
  if (packageName === '@teachablemachine/pose') {
    throw notImages(
      `${directory} is a Teachable Machine pose model: it takes key points of a body, not pictures`,
    );
  }
  if (
    /audio|sound/.test(packageName) ||
    wordLabels !== undefined ||
    tfjsSpeechCommandsVersion !== undefined
  ) {
    throw notImages(`${directory} is a Teachable Machine audio model: it takes sound, not pictures`);
  }
  if (packageName !== '@teachablemachine/image') return undefined;
  const size = typeof imageSize === 'number' ? { width: imageSize, height: imageSize } : imageSize;
  return {
    input: {
      preprocess: 'signed',
      ...(size === undefined ? {} : { width: size.width, height: size.height }),
    },
    name: modelName === undefined ? undefined : cleanLabel(modelName) || undefined,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON, as is said by the caller.
    return undefined;
  }
}

function notImages(problem: string): BadInputError {
  return new BadInputError({ code: 'ERR_NOT_CLASSIFIER', problem, fix: 'Give an image model' });
}
