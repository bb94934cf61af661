import { parse } from 'csv-parse/sync';
import { messageOf } from '../../../protocol/base/errors.js';
import { badLabels } from './label.js';
import { type Named, SYNSET } from './label-table.js';
import { inOrder } from './structured.js';

/** Headers without case and punctuation, the surest first. The nameless column is pandas' index. */
const NAMES = [
  'displayname',
  'classname',
  'labelname',
  'name',
  'signname',
  'label',
  'class',
  'description',
  'category',
  'title',
];
const INDICES = [
  'index',
  'idx',
  'classindex',
  'classidx',
  'classid',
  'labelid',
  'id',
  'number',
  'no',
  'target',
  'key',
  'class',
  'label',
  'category',
  '',
];
const SYNSETS = ['synset', 'wnid', 'synsetid'];

/** The columns of a table that say what class is called what. */
interface Columns {
  readonly name: number;
  /** undefined: the rows are in the order of the classes. */
  readonly index: number | undefined;
  readonly synset: number | undefined;
}

/**
 * Whether the first line of a text is the header of a table: it names an index and a name. Where the file `isTable` by its
 * extension, an index is enough.
 */
export function hasHeader(text: string, isTable: boolean): boolean {
  const [header = ''] = text.split(/[\r\n]/, 1);
  const titles = header.split(separatorOf(header)).map(plain);
  const index = titles.findIndex((title) => INDICES.includes(title));
  if (index === -1 || titles.length < 2) return false;
  return (isTable && titles[index] !== '') || titles.some((title, i) => i !== index && NAMES.includes(title));
}

/**
 * The labels in a table (CSV, or with tabs or semicolons) whose first row names its columns; undefined where no column is
 * one of names. Throws a BadInputError (`ERR_LABELS`) for a table that is broken, and for indices that are not 0 … n − 1.
 */
export function labelsOfTable(text: string, path: string): Named[] | undefined {
  const [header = ''] = text.split(/[\r\n]/, 1);
  let rows: string[][];
  try {
    rows = parse(text, {
      delimiter: separatorOf(header),
      skip_empty_lines: true,
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
    });
  } catch (cause) {
    throw badLabels(`${path} is no table that can be read (${messageOf(cause)})`, 'Correct the file', cause);
  }
  const [titles = [], ...body] = rows;
  const columns = columnsOf(titles.map(plain), body);
  if (columns === undefined) return undefined;
  const entries = body.map((row, position) => {
    const label = row[columns.name] ?? '';
    const synset = columns.synset === undefined ? '' : (row[columns.synset] ?? '');
    return {
      named: { label, aliases: SYNSET.test(synset) ? [synset] : [] },
      index: columns.index === undefined ? position : Number(row[columns.index]),
    };
  });
  return inOrder(entries, path);
}

function columnsOf(titles: readonly string[], body: readonly (readonly string[])[]): Columns | undefined {
  const isWhole = (column: number) => body.every((row) => /^\d{1,9}$/.test(row[column] ?? ''));
  const find = (wanted: readonly string[], fits: (column: number) => boolean) =>
    wanted.flatMap((title) =>
      titles.flatMap((each, column) => (each === title && fits(column) ? [column] : [])),
    )[0];
  const named = find(NAMES, (column) => titles.length === 1 || !isWhole(column)) ?? find(NAMES, () => true);
  const index = find(INDICES, (column) => column !== named && isWhole(column));
  // Of two columns one is the index: the other has the names, whatever its title.
  const name = named ?? (titles.length === 2 && index !== undefined ? 1 - index : undefined);
  return name === undefined ? undefined : { name, index, synset: find(SYNSETS, () => true) };
}

/** The separator of the cells: a tab, a semicolon, or else a comma. */
function separatorOf(header: string): string {
  return ['\t', ';'].find((each) => header.includes(each) && !header.includes(',')) ?? ',';
}

function plain(title: string): string {
  return title.toLowerCase().replace(/[^a-z0-9]/g, '');
}
