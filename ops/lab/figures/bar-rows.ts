import { fitText, textWidth } from '../../../coordinator/export/lettering.js';
import type { Figure, Ink, Shape } from './shape.js';

export interface BarRowsOptions {
  readonly title: string;
  /** Of the rows. */
  readonly names: readonly string[];
  /** A bar in each row for each: as long as its value is of the column's greatest. */
  readonly columns: readonly {
    readonly title: string;
    /** One a row, 0 or more. */
    readonly values: readonly number[];
    readonly format: (value: number) => string;
    readonly ink: Ink;
  }[];
}

const LETTERS = 12;
const ROW = 26;
const BAR = { width: 220, height: 14 } as const;
/** For the number after a bar, and the room to the next column. */
const NUMBER = 84;
const LONGEST = 180;
const TOP = 62;

/** Things row by row, with a bar and its number for each of several measures. */
export function barRows({ title, names, columns }: BarRowsOptions): Figure {
  const fitted = names.map((name) => fitText(name, LETTERS, LONGEST));
  const left = 24 + Math.ceil(Math.max(0, ...fitted.map((name) => textWidth(name, LETTERS) * 1.08)));
  const baseline = (row: number) => TOP + row * ROW + 16;
  const shapes: Shape[] = [{ kind: 'text', text: title, x: 12, y: 22, size: 14, ink: 'text' }];
  for (const [row, text] of fitted.entries()) {
    shapes.push({ kind: 'text', text, x: 12, y: baseline(row), size: LETTERS, ink: 'text' });
  }
  for (const [column, { title: heading, values, format, ink }] of columns.entries()) {
    const x = left + column * (BAR.width + NUMBER);
    const most = Math.max(Number.MIN_VALUE, ...values);
    shapes.push({ kind: 'text', text: heading, x, y: TOP - 12, size: LETTERS, ink: 'quiet' });
    for (const [row, value] of values.entries()) {
      const width = (BAR.width * value) / most;
      const text = format(value);
      const y = baseline(row) - 12;
      shapes.push(
        { kind: 'rectangle', x, y, width, height: BAR.height, fill: ink, title: `${names[row]}: ${text}` },
        { kind: 'text', text, x: x + width + 6, y: baseline(row), size: LETTERS, ink: 'text' },
      );
    }
  }
  const width = Math.max(left + columns.length * (BAR.width + NUMBER), textWidth(title, 14) * 1.08 + 24);
  return { width, height: TOP + names.length * ROW + 8, says: title, shapes };
}
