import type { Connection, Value } from './connection.js';

/** Rows that one statement inserts: what a statement costs besides them is that of a row or two. Each size is prepared once. */
const SIZES = [16, 4, 1] as const;

/**
 * Inserts rows, in their order, by as few statements as may be; `into` names the table and the columns. Returns the id
 * of each row; undefined where some rows of a statement were there already, so that nobody knows which of them are new.
 */
export function insertRows(
  connection: Connection,
  into: string,
  rows: readonly (readonly Value[])[],
  onConflict = '',
): (number | undefined)[] {
  const ids: (number | undefined)[] = [];
  while (ids.length < rows.length) {
    const left = rows.length - ids.length;
    const size = SIZES.find((size) => size <= left) ?? 1;
    const group = rows.slice(ids.length, ids.length + size);
    const places = `(${group[0]?.map(() => '?').join()})`;
    const sql = `INSERT INTO ${into} VALUES ${new Array(size).fill(places).join()} ${onConflict}`;
    const { changes, lastId } = connection.run(sql, ...group.flat());
    for (let place = 1; place <= size; place++)
      ids.push(changes === size ? lastId - size + place : undefined);
  }
  return ids;
}
