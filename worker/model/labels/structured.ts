import { z } from 'zod';
import { badLabels } from './label.js';
import { type Named, SYNSET } from './label-table.js';

/** Keys under which files keep their labels, the surest first. */
const KEYS = [
  'id2label',
  'labels',
  'names',
  'class_names',
  'classNames',
  'classes',
  'categories',
  'class_indices',
  'class_to_idx',
  'label2id',
  'idx_to_class',
  'wordLabels',
];
const NAME_KEYS = ['name', 'label', 'class_name', 'className', 'display_name', 'class', 'title'];
const INDEX_KEYS = ['index', 'id', 'class_id', 'classId', 'class_index', 'idx'];
const ALIAS_KEYS = ['synset', 'wnid'];

/** A config keeps its labels under a key or two; deeper values are no labels. */
const MAX_DEPTH = 4;

const recordSchema = z.record(z.string(), z.unknown());

/**
 * The labels in a value that was JSON, YAML or a literal of Python: a list; a map from index to name (Keras' class index
 * has `[synset, name]` there) or from name to index; or an object that has one of these under a key that says so.
 * undefined where it holds no labels. Throws a BadInputError (`ERR_LABELS`) for indices that are not 0 … n − 1.
 */
export function labelsOfValue(value: unknown, path: string, depth = 0): Named[] | undefined {
  if (Array.isArray(value)) return labelsOfList(value, path);
  const record = recordSchema.safeParse(value);
  if (!record.success) return undefined;
  for (const key of KEYS) {
    const inner = record.data[key];
    const found =
      typeof inner === 'object' && depth < MAX_DEPTH ? labelsOfValue(inner, path, depth + 1) : undefined;
    if (found !== undefined && found.length > 0) return found;
  }
  return labelsOfMap(record.data, path);
}

function labelsOfList(list: readonly unknown[], path: string): Named[] | undefined {
  const entries = list.map((entry, position) => {
    const named = namedOf(entry);
    return named && { named, index: indexOf(entry) ?? position };
  });
  const found = entries.filter((entry) => entry !== undefined);
  return found.length === list.length ? inOrder(found, path) : undefined;
}

function labelsOfMap(record: Readonly<Record<string, unknown>>, path: string): Named[] | undefined {
  const pairs = Object.entries(record);
  if (pairs.length === 0) return undefined;
  const numbered = pairs.every(([key]) => isWhole(key));
  const indexed = pairs.every(([, value]) => isWhole(value));
  // `{"0": "7"}` names class 0, `{"7": 0}` names class 0 too.
  if (indexed && (!numbered || pairs.every(([, value]) => typeof value === 'number'))) {
    return inOrder(
      pairs.map(([key, value]) => ({ named: { label: key, aliases: [] }, index: Number(value) })),
      path,
    );
  }
  if (!numbered) return undefined;
  const entries = pairs.map(([key, value]) => {
    const named = namedOf(value);
    return named && { named, index: Number(key) };
  });
  const found = entries.filter((entry) => entry !== undefined);
  return found.length === pairs.length ? inOrder(found, path) : undefined;
}

/** Text, `[synset, name]`, or an object with a name; undefined for anything else. */
function namedOf(entry: unknown): Named | undefined {
  if (typeof entry === 'string') return { label: entry, aliases: SYNSET.test(entry) ? [entry] : [] };
  if (Array.isArray(entry)) {
    const texts = entry.filter((each) => typeof each === 'string');
    const label = texts.find((each) => !SYNSET.test(each)) ?? texts[0];
    return label === undefined ? undefined : { label, aliases: texts.filter((each) => each !== label) };
  }
  const record = recordSchema.safeParse(entry);
  if (!record.success) return undefined;
  const textAt = (keys: readonly string[]) =>
    keys.map((key) => record.data[key]).filter((value) => typeof value === 'string');
  const [label] = textAt(NAME_KEYS);
  if (label === undefined) return undefined;
  const { names } = record.data;
  const more = Array.isArray(names) ? names.filter((each) => typeof each === 'string') : [];
  return { label, aliases: [...textAt(ALIAS_KEYS), ...more.filter((each) => each !== label)] };
}

function indexOf(entry: unknown): number | undefined {
  const record = recordSchema.safeParse(entry);
  if (!record.success || Array.isArray(entry)) return undefined;
  const index = INDEX_KEYS.map((key) => record.data[key]).find(isWhole);
  return index === undefined ? undefined : Number(index);
}

function isWhole(value: unknown): boolean {
  return (
    (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) ||
    /^\d{1,9}$/.test(textOf(value))
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The names by their indices, each of which must be there once. */
export function inOrder(
  entries: readonly { readonly named: Named; readonly index: number }[],
  path: string,
): Named[] {
  const sorted = entries.toSorted((a, b) => a.index - b.index);
  const wrong = sorted.findIndex(({ index }, position) => index !== position);
  if (wrong === -1) return sorted.map(({ named }) => named);
  const index = sorted[wrong]?.index;
  const what = index === sorted[wrong - 1]?.index ? `index ${index} twice` : `no index ${wrong}`;
  throw badLabels(
    `${path} has ${what}, but its ${entries.length} labels need each index from 0 to ${entries.length - 1} once`,
    'Correct the indices',
  );
}
