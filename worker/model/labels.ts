import { reasonOf } from '../../protocol/base/errors.js';
import { badLabels } from './labels/label.js';
import type { LabelTable } from './labels/label-table.js';
import { type LongLabels, parseLabelTable } from './labels/parse.js';
import { decodeText } from './labels/text.js';
import { MAX_TEXT_BYTES, readPlainFile } from './read.js';

export { parseLabels } from './labels/parse.js';

/**
 * Reads labels, one a class, in the order of the network's outputs, in any form of {@link parseLabelTable}, and fits
 * them to the `scores` that the network gives an image (undefined: not known); see {@link fitLabels}. Rejects with a
 * BadInputError (`ERR_LABELS`).
 */
export async function readLabels(
  path: string,
  scores: number | undefined,
  long: LongLabels = 'refuse',
): Promise<readonly string[]> {
  return fitLabels((await readLabelTable(path, long)).labels, scores, path);
}

/** Reads a file of labels with all that it calls the classes; rejects with a BadInputError (`ERR_LABELS`). */
export async function readLabelTable(path: string, long: LongLabels = 'refuse'): Promise<LabelTable> {
  let bytes: Buffer;
  try {
    bytes = await readPlainFile(path, MAX_TEXT_BYTES);
  } catch (cause) {
    throw badLabels(`The labels ${path} cannot be read (${reasonOf(cause)})`, 'Check the path', cause);
  }
  return parseLabelTable(decodeText(bytes), path, long);
}

/**
 * The labels of a network that gives `scores` numbers an image, one a class. One number tells two classes apart: two labels
 * name class 0 and class 1; one label names class 1, and class 0 is `not` that. Throws a BadInputError (`ERR_LABELS`) for
 * another number of labels; `source` is where they come from.
 */
export function fitLabels(
  labels: readonly string[],
  scores: number | undefined,
  source: string,
): readonly string[] {
  if (scores === 1 && labels.length === 1) return [`not ${labels[0]}`, ...labels];
  if (scores !== undefined) checkCount(labels, scores === 1 ? 2 : scores, source);
  return labels;
}

/** Throws a BadInputError (`ERR_LABELS`) unless there is one label a class. */
export function checkCount(labels: readonly string[], classes: number, source: string): void {
  if (labels.length === classes) return;
  const count = `${labels.length} label${labels.length === 1 ? '' : 's'}`;
  throw badLabels(
    `${source} has ${count}, but the network has ${classes} classes`,
    'Give the labels of this network, one for each class',
  );
}

/** The labels of a network without any: `class 0`, `class 1`, … */
export function numberedLabels(classes: number): string[] {
  return Array.from({ length: classes }, (_, i) => `class ${i}`);
}
