import { scaleLinear } from 'd3-scale';
import { fitText, textWidth } from '../../../coordinator/export/lettering.js';
import type { Figure, Ink, Shape } from './shape.js';

/** A colour for each value of a range. */
export type Ramp = (value: number) => `rgb(${string})`;

/** From pale to deep, for values `low` … `high`. */
export function rising(low: number, high: number): Ramp {
  return ramp([low, (low + high) / 2, high], ['#eef3f1', '#5fb3a8', '#07443e']);
}

/** Blue below 0, white at 0, amber to red above; as far as `most` on both sides. */
export function aroundZero(most: number): Ramp {
  return ramp([-most, -most / 2, 0, most / 2, most], ['#1d3f8f', '#7f9fdd', '#f6f5f1', '#e7a54a', '#9c1f12']);
}

function ramp(domain: readonly number[], colours: readonly string[]): Ramp {
  const scale = scaleLinear<string>()
    .domain([...domain])
    .range([...colours])
    .clamp(true);
  return (value) => rgb(scale(value));
}

function rgb(colour: string): `rgb(${string})` {
  const [, inner] = /^rgb\((.*)\)$/.exec(colour) ?? [];
  if (inner !== undefined) return `rgb(${inner})`;
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `rgb(${r}, ${g}, ${b})`;
}

export interface HeatOptions {
  readonly title: string;
  readonly says?: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** What rows and columns are. */
  readonly rowTitle: string;
  readonly columnTitle: string;
  /** null: there is no value, and the cell is left out. */
  readonly value: (row: number, column: number) => number | null;
  readonly ramp: Ramp;
  /** What is written into a cell, where there is room. */
  readonly format: (value: number) => string;
  /** Side of a cell in pixels; default: by the number of cells. */
  readonly cell?: { readonly width: number; readonly height: number };
}

const LETTERS = 12;
const LONGEST = 180;

/** A matrix of coloured cells with names at its rows and columns; those of columns are turned where they are long. */
export function heatMap(options: HeatOptions): Figure {
  const { title, says, rows, columns, rowTitle, columnTitle, value, ramp, format } = options;
  const cell = options.cell ?? cellFor(rows.length, columns.length);
  const nameRows = rows.map((each) => fitText(each, LETTERS, LONGEST));
  const nameColumns = columns.map((each) => fitText(each, LETTERS, LONGEST));
  const widest = (names: readonly string[]) =>
    Math.max(0, ...names.map((each) => textWidth(each, LETTERS) * 1.08));
  const turned = widest(nameColumns) > cell.width - 4;
  const left = 34 + Math.ceil(widest(nameRows));
  const top = 62 + (turned ? Math.ceil(widest(nameColumns)) : LETTERS) + 6;
  const width = Math.max(left + columns.length * cell.width + 20, textWidth(title, 14) * 1.08 + 40);
  const height = top + rows.length * cell.height + 16;
  const shapes: Shape[] = [
    { kind: 'text', text: title, x: 12, y: 22, size: 14, ink: 'text' },
    { kind: 'text', text: columnTitle, x: left, y: 44, size: LETTERS, ink: 'quiet' },
    {
      kind: 'text',
      text: rowTitle,
      x: 20,
      y: top + (rows.length * cell.height) / 2,
      size: LETTERS,
      ink: 'quiet',
      anchor: 'middle',
      turn: -90,
    },
  ];
  nameColumns.forEach((text, c) => {
    const x = left + (c + 0.5) * cell.width;
    shapes.push(
      turned
        ? { kind: 'text', text, x: x + LETTERS * 0.35, y: top - 6, size: LETTERS, ink: 'text', turn: -90 }
        : { kind: 'text', text, x, y: top - 8, size: LETTERS, ink: 'text', anchor: 'middle' },
    );
  });
  nameRows.forEach((text, r) => {
    const y = top + (r + 0.5) * cell.height + LETTERS * 0.35;
    shapes.push({ kind: 'text', text, x: left - 8, y, size: LETTERS, ink: 'text', anchor: 'end' });
    for (const c of columns.keys()) {
      const found = value(r, c);
      if (found === null) continue;
      const corner = { x: left + c * cell.width, y: top + r * cell.height };
      shapes.push(
        ...cellShapes(
          corner,
          cell,
          ramp(found),
          format(found),
          `${rows[r]}, ${columns[c]}: ${format(found)}`,
        ),
      );
    }
  });
  return { width, height, says: says ?? title, shapes };
}

function cellShapes(
  corner: { readonly x: number; readonly y: number },
  { width, height }: { readonly width: number; readonly height: number },
  fill: Ink,
  text: string,
  title: string,
): Shape[] {
  const box: Shape = {
    kind: 'rectangle',
    x: corner.x + 0.5,
    y: corner.y + 0.5,
    width: width - 1,
    height: height - 1,
    fill,
    title,
  };
  if (textWidth(text, 11) * 1.1 > width - 3 || height < 14) return [box];
  const place = { x: corner.x + width / 2, y: corner.y + height / 2 + 4 };
  return [
    box,
    { kind: 'text', text, ...place, size: 11, ink: isDark(fill) ? '#ffffff' : '#17191b', anchor: 'middle' },
  ];
}

/** Whether white letters stand out better; by luma. */
function isDark(fill: Ink): boolean {
  const [r = 0, g = 0, b = 0] = [...fill.matchAll(/\d+/g)].map(Number);
  return 0.299 * r + 0.587 * g + 0.114 * b < 140;
}

function cellFor(rows: number, columns: number): { readonly width: number; readonly height: number } {
  const width = Math.max(14, Math.min(72, Math.floor(720 / columns)));
  const height = Math.max(14, Math.min(40, Math.floor(720 / rows)));
  return { width, height };
}
