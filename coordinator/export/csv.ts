export type CsvValue = string | number | boolean | null;

/** Lines as CSV (RFC 4180: lines end in CR LF, quotes are doubled); null is an empty field. */
export function csvOf(lines: readonly (readonly CsvValue[])[]): string {
  return lines.map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

function csvField(value: CsvValue): string {
  const text = `${value ?? ''}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
