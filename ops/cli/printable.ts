/**
 * Text from outside (labels, names of runs, workers and islands, paths, devices) may hold characters that a terminal
 * obeys: colours, cursor movements, line ends, and the marks of Unicode that turn the direction of writing.
 */
const OBEYED = '\\p{Cc}\\p{Zl}\\p{Zp}\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069';
const ANY = new RegExp(`[${OBEYED}]+`, 'gu');
const ANY_BUT_LINE_ENDS = new RegExp(`(?:(?!\\n)[${OBEYED}])+`, 'gu');

/** The text as one line that a terminal shows as it is: each run of such characters becomes one space. */
export function printable(text: string): string {
  return text.replace(ANY, ' ');
}

/** As {@link printable}, for a text of several lines, which stay lines. */
export function printableLines(text: string): string {
  return text.replace(ANY_BUT_LINE_ENDS, ' ');
}

/** JSON in one line whose strings hold no such character either, but their escapes. */
export function printableJson(value: unknown): string {
  const escapes = (found: string) =>
    Array.from(found, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  return JSON.stringify(value).replace(ANY, escapes);
}
