/** A row as SQLite gives it: nothing is known of it until it is read by one of these, which throw a TypeError. */
export type SqlRow = Readonly<Record<string, unknown>>;

export function integer(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(column, 'a whole number', value);
  return value;
}

export function real(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw wrong(column, 'a number', value);
  return value;
}

export function text(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw wrong(column, 'text', value);
  return value;
}

export function blob(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw wrong(column, 'bytes', value);
}

/** A digest, which is stored as its 32 bytes. */
export function digest(row: SqlRow, column: string): string {
  return Buffer.from(blob(row, column)).toString('hex');
}

/** What `read` makes of the column; undefined where it is NULL. */
export function optional<T>(
  read: (row: SqlRow, column: string) => T,
  row: SqlRow,
  column: string,
): T | undefined {
  return row[column] === null ? undefined : read(row, column);
}

function wrong(column: string, wanted: string, value: unknown): TypeError {
  return new TypeError(
    `the column ${column} must be ${wanted}, but it is ${value === null ? 'NULL' : typeof value}`,
  );
}
