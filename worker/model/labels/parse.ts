import { parse as parseYaml } from 'yaml';
import { messageOf } from '../../../protocol/base/errors.js';
import { hasHeader, labelsOfTable } from './csv.js';
import { badLabels, cleanLabel, labelProblem, shortened } from './label.js';
import { type LabelTable, type Named, tableOf } from './label-table.js';
import { labelsOfLines } from './lines.js';
import { parsePython } from './python.js';
import { labelsOfValue } from './structured.js';

/** Begins as JSON, or as a list or dict of Python, perhaps with `name =` before it. */
const STRUCTURED = /^(?:[A-Za-z_]\w*\s*=\s*)?[[{]/;
/** The first of many lines is a label such as `[background]`. */
const BRACKETED_LABEL = /^\[[^\]"'{,]*\][ \t]*[\r\n]/;

/**
 * Reads labels in every form in which people have them, told by their content: JSON, YAML (by the name `path`) or a
 * literal of Python (see structured.ts), a table with a header (csv.ts), or lines (lines.ts). `path` is what errors
 * call the file. A label that is empty where an index says that it is one is called by its number.
 * Throws a {@link BadInputError} (`ERR_LABELS`) when there are none, or one is longer than 200 characters and `long` is
 * `refuse`.
 */
export function parseLabelTable(text: string, path: string, long: LongLabels = 'refuse'): LabelTable {
  const named = namedIn(text.replace(/^\uFEFF/, '').trim(), path);
  if (named.length === 0)
    throw badLabels(`${path} holds no labels`, 'Write one label a line, or a JSON list of them');
  for (const [position, { label, line }] of named.entries()) {
    const which = line === undefined ? `Label ${position + 1}` : `Line ${line}`;
    const problem = labelProblem(label, `${which} of ${path}`);
    if (problem !== undefined && long === 'refuse') throw badLabels(problem, 'Shorten it');
  }
  return tableOf(
    named.map(({ label, aliases }, classId) => ({
      label: shortened(cleanLabel(label)) || `class ${classId}`,
      aliases: aliases.map(cleanLabel),
    })),
  );
}

/** What becomes of labels of more than 200 characters; runs of earlier versions of Atoll have some. */
export type LongLabels = 'refuse' | 'cut';

/** As {@link parseLabelTable}, the labels alone. */
export function parseLabels(text: string, path: string): readonly string[] {
  return parseLabelTable(text, path).labels;
}

function namedIn(text: string, path: string): readonly Named[] {
  if (/\.ya?ml$/i.test(path)) return structured(yamlOf(text, path), path);
  if (STRUCTURED.test(text) && !BRACKETED_LABEL.test(text)) return structured(literalOf(text, path), path);
  const isTable = /\.[ct]sv$/i.test(path);
  if (hasHeader(text, isTable)) return labelsOfTable(text, path) ?? labelsOfLines(text);
  return isTable ? withoutTitle(text) : labelsOfLines(text);
}

function structured(value: unknown, path: string): readonly Named[] {
  const found = labelsOfValue(value, path);
  if (found !== undefined) return found;
  throw badLabels(
    `${path} holds no labels that can be recognised`,
    'Write a list of names, or a map from the index of each class to its name',
  );
}

/** One column of labels, with a title or without, or `0,cat` on every line. */
function withoutTitle(text: string): readonly Named[] {
  const hasTitle = /^"?(?:label|name|class|class[ _]?name)s?"?\s*[\r\n]/i.test(text);
  return labelsOfLines(hasTitle ? text.replace(/^[^\r\n]*/, '') : text);
}

/** Everything is text: `no` and `1.0` are names too. */
function yamlOf(text: string, path: string): unknown {
  try {
    return parseYaml(text, { schema: 'failsafe' });
  } catch (cause) {
    throw badLabels(`${path} is broken YAML (${messageOf(cause)})`, 'Correct the file', cause);
  }
}

function literalOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (json) {
    try {
      return parsePython(text);
    } catch (python) {
      const isJson = /\.json$/i.test(path);
      const reason = messageOf(isJson ? json : python);
      throw badLabels(
        `${path} is broken ${isJson ? 'JSON' : 'JSON or Python'} (${reason})`,
        'Correct the file',
        json,
      );
    }
  }
}
