import { type Named, SYNSET } from './label-table.js';

/** `0 cat`, `0: cat`, `0,cat`, `0. cat`, `0) cat` or `0<tab>cat`. */
const NUMBERED = /^(\d+)(?:\s*[:,;]\s*|[.)]\s+|\s+)(\S.*)$/;
const WITH_SYNSET = /^(n\d{8})(?:\s*[:,;]\s*|\s+)(\S.*)$/;

const QUOTED = /^(["'])(.*)\1,?$/;

interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/**
 * Labels as text, one a line; blank lines are no labels. Numbers before the labels are dropped when they are 0, 1, 2, …
 * on all lines, as Teachable Machine writes them: `7 up` and `3 doors down` are labels. So are quotation marks around all
 * labels, and synsets (`n01440764 tench`) that stand on all lines; these are kept as other names of the classes.
 */
export function labelsOfLines(text: string): Named[] {
  const lines = text
    .split(/\r\n|[\r\n]/)
    .map((each, i) => ({ text: each.trim(), line: i + 1 }))
    .filter((each) => each.text !== '');
  return withoutSynsets(withoutQuotes(withoutNumbers(lines)));
}

function withoutNumbers(lines: readonly Line[]): readonly Line[] {
  return replaceAll(lines, NUMBERED, ([, number, label = ''], i) =>
    Number(number) === i ? label : undefined,
  );
}

function withoutQuotes(lines: readonly Line[]): readonly Line[] {
  return replaceAll(lines, QUOTED, ([, quote = '', label = '']) => label.replaceAll(quote + quote, quote));
}

/** The lines with what `change` makes of the match of each, or as they are where one does not match or gives undefined. */
function replaceAll(
  lines: readonly Line[],
  pattern: RegExp,
  change: (match: RegExpExecArray, position: number) => string | undefined,
): readonly Line[] {
  const changed: Line[] = [];
  for (const [position, { text, line }] of lines.entries()) {
    const match = pattern.exec(text);
    const replaced = match === null ? undefined : change(match, position);
    if (replaced === undefined) return lines;
    changed.push({ text: replaced, line });
  }
  return changed;
}

function withoutSynsets(lines: readonly Line[]): Named[] {
  const found = lines.map(({ text }) => WITH_SYNSET.exec(text));
  const all = found.every((match) => match !== null);
  return lines.map(({ text, line }, i) => {
    const [, synset = '', label = ''] = found[i] ?? [];
    if (all) return { label, aliases: [synset], line };
    return { label: text, aliases: SYNSET.test(text) ? [text] : [], line };
  });
}
