import { BadInputError } from '../../../protocol/base/errors.js';

/** The longest label that is taken, in characters (code points). */
export const MAX_LABEL = 200;

/** Characters that would move a terminal's cursor, end a line or turn the direction of the text around them. */
const CONTROLS = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]+/gu;

/** A label as it may be shown anywhere: control characters are one space, and it begins and ends with none. */
export function cleanLabel(text: string): string {
  return text.replace(CONTROLS, ' ').trim();
}

/** What is wrong with a label, as a sentence that begins with `which`, e.g. `Line 3 of labels.txt`; undefined: nothing. */
export function labelProblem(text: string, which: string): string | undefined {
  // Almost every label is short: code points are counted only where there could be too many.
  if (text.length <= MAX_LABEL) return undefined;
  const length = [...text].length;
  if (length <= MAX_LABEL) return undefined;
  return `${which} has ${length} characters, and a label may have ${MAX_LABEL}`;
}

/** A label as long as it may be: of a longer one the beginning, which ends in `…`. */
export function shortened(text: string): string {
  if (text.length <= MAX_LABEL) return text;
  const characters = [...text];
  return characters.length <= MAX_LABEL ? text : `${characters.slice(0, MAX_LABEL - 1).join('')}…`;
}

/** An error about a file of labels. */
export function badLabels(problem: string, fix: string, cause?: unknown): BadInputError {
  return new BadInputError({ code: 'ERR_LABELS', problem, fix, cause });
}
