import { textWidth } from '../../../coordinator/export/lettering.js';
import { LETTERS, segment } from './axis.js';
import type { Figure, Ink, Shape } from './shape.js';

/** What a mark of a plot is called. */
export interface LegendEntry {
  readonly label: string;
  readonly ink: Ink;
  readonly shape: 'line' | 'dashes' | 'block' | 'band' | 'dot';
}

const SWATCH = 14;
/** So that two dashes of a line are seen. */
const LONG = 26;
const GAP = 16;
const ROW = 18;

/** Entries in rows of `width` pixels, each as wide as it needs; no higher than 0 where there are none. */
export function legend(entries: readonly LegendEntry[], width: number): Figure {
  const shapes: Shape[] = [];
  let x = 0;
  let row = 0;
  for (const { label, ink, shape } of entries) {
    const swatchWidth = shape === 'dashes' ? LONG : SWATCH;
    // Fonts of pages are wider than the outlines.
    const needed = swatchWidth + 6 + textWidth(label, LETTERS) * 1.08 + GAP;
    if (x > 0 && x + needed > width) {
      x = 0;
      row++;
    }
    const y = row * ROW + 4;
    shapes.push(...swatch(shape, ink, x, y));
    shapes.push({
      kind: 'text',
      text: label,
      x: x + swatchWidth + 6,
      y: y + 10,
      size: LETTERS,
      ink: 'quiet',
    });
    x += needed;
  }
  const height = entries.length === 0 ? 0 : (row + 1) * ROW + 8;
  return { width, height, says: entries.map(({ label }) => label).join(', '), shapes };
}

function swatch(shape: LegendEntry['shape'], ink: Ink, x: number, y: number): Shape[] {
  switch (shape) {
    case 'dot':
      return [{ kind: 'circle', x: x + SWATCH / 2, y: y + 6, radius: 4, fill: ink }];
    case 'line':
      return [{ kind: 'path', d: segment([x, y + 6], [x + SWATCH, y + 6]), stroke: ink, width: 3 }];
    case 'dashes':
      return [
        { kind: 'path', d: segment([x, y + 6], [x + LONG, y + 6]), stroke: ink, width: 3, dashed: true },
      ];
    case 'block':
      return [{ kind: 'rectangle', x, y: y + 1, width: SWATCH, height: 10, fill: ink, opacity: 0.7 }];
    case 'band':
      return [{ kind: 'rectangle', x, y: y + 1, width: SWATCH, height: 10, fill: ink, opacity: 0.3 }];
  }
}
