import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BadInputError, reasonOf } from '../../protocol/errors.js';

const entrySchema = z.union([
  z.string(),
  z.looseObject({ index: z.int().min(0).optional(), name: z.string() }),
]);
const listSchema = z.array(entrySchema);
const fileSchema = z.union([listSchema, z.looseObject({ labels: listSchema })]);

/**
 * Reads labels, one a class, in the order of the network's outputs: JSON (a list of strings, or of
 * `{index, name}`, or either under `labels`), or text with one a line. Rejects with a {@link BadInputError}
 * (`ERR_LABELS`) when there is no such file, it is neither, or the count is not `classes`.
 */
export async function readLabels(path: string, classes: number | undefined): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw badLabels(`a file of labels at ${path}`, reasonOf(cause), 'check the path', cause);
  }
  const labels = parseLabels(text, path);
  if (classes !== undefined) checkCount(labels, classes, path);
  return labels;
}

/** Throws a {@link BadInputError} (`ERR_LABELS`) unless there is one label a class. */
export function checkCount(labels: readonly string[], classes: number, source: string): void {
  if (labels.length === classes) return;
  throw badLabels(
    `${classes} labels, one for each class`,
    `${labels.length} in ${source}`,
    "give the network's own",
  );
}

/** What a network without labels gets: `class 0`, `class 1`, … */
export function numberedLabels(classes: number): string[] {
  return Array.from({ length: classes }, (_, i) => `class ${i}`);
}

function parseLabels(text: string, path: string): string[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (!/^[[{]/.test(trimmed)) return trimmed === '' ? [] : trimmed.split(/\r?\n/).map((line) => line.trim());
  let parsed: ReturnType<typeof fileSchema.safeParse>;
  try {
    parsed = fileSchema.safeParse(JSON.parse(trimmed));
  } catch (cause) {
    throw badLabels('labels as JSON or as lines', `broken JSON in ${path}`, 'correct the file', cause);
  }
  if (!parsed.success) {
    throw badLabels('a list of labels', `other JSON in ${path}`, 'give strings or {index, name} entries');
  }
  const entries = Array.isArray(parsed.data) ? parsed.data : parsed.data.labels;
  const labels: string[] = [];
  entries.forEach((entry, position) => {
    labels[typeof entry === 'string' ? position : (entry.index ?? position)] =
      typeof entry === 'string' ? entry : entry.name;
  });
  const named = Object.keys(labels).length;
  if (named !== labels.length || named !== entries.length) {
    throw badLabels(
      'each index from 0 once',
      `${entries.length} labels with other indices in ${path}`,
      'correct them',
    );
  }
  return labels;
}

function badLabels(expected: string, got: string, fix: string, cause?: unknown): BadInputError {
  return new BadInputError({ code: 'ERR_LABELS', expected, got, fix, cause });
}
