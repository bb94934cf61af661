import { csvOf } from '../../../coordinator/export/csv.js';

export type Cell = string | number | null;

export interface Column {
  /** As programs have it: the heading in CSV. */
  readonly name: string;
  /** As people read it. */
  readonly title: string;
  /** Of columns of numbers: how they are written for people. */
  readonly format?: (value: number) => string;
}

/** What an experiment found, row by row. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The whole table as CSV, numbers with all their digits. */
export function tableCsv({ columns, rows }: Table): string {
  return csvOf([columns.map(({ name }) => name), ...rows]);
}

/** The table for a terminal. */
export function tableText({ columns, rows }: Table): string[][] {
  const shown = (cell: Cell, i: number) => {
    const format = columns[i]?.format;
    return typeof cell === 'number' && format ? format(cell) : `${cell ?? ''}`;
  };
  return [columns.map(({ title }) => title), ...rows.map((row) => row.map(shown))];
}
