import type { Connection, Value } from './connection.js';

/** Rows that one statement inserts: what a statement costs besides them is that of a row or two. Each size is prepared once. */
const SIZES = [16, 4, 1] as const;

/** How rows go into a table, by statements of several sizes. */
export interface Insertion {
  /** Columns of a row. */
  readonly width: number;
  readonly statements: readonly { readonly size: number; readonly sql: string }[];
}

export function insertionInto(table: string, columns: readonly string[], onConflict = ''): Insertion {
  const row = `(${columns.map(() => '?').join()})`;
  const statements = SIZES.map((size) => {
    const rows = new Array(size).fill(row).join();
    return { size, sql: `INSERT INTO ${table} (${columns.join()}) VALUES ${rows} ${onConflict}` };
  });
  return { width: columns.length, statements };
}

/**
 * Inserts rows, whose values are given one after another, in their order. Returns the id of each row; undefined where
 * some rows of a statement were there already, so that it is not known which of them are new.
 */
export function insertRows(
  connection: Connection,
  { width, statements }: Insertion,
  values: readonly Value[],
): (number | undefined)[] {
  const ids: (number | undefined)[] = [];
  for (const { size, sql } of statements) {
    for (let at = ids.length * width; at + size * width <= values.length; at += size * width) {
      const { changes, lastId } = connection.run(sql, ...values.slice(at, at + size * width));
      for (let row = 1; row <= size; row++) ids.push(changes === size ? lastId - size + row : undefined);
    }
  }
  return ids;
}
