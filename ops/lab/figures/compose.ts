import type { Figure, Shape } from './shape.js';

const GAP = 12;

/** Figures side by side, in rows of so many; each row is as high as its highest. */
export function beside(figures: readonly Figure[], columns = figures.length): Figure {
  const shapes: Shape[] = [];
  let width = 0;
  let y = 0;
  for (let start = 0; start < figures.length; start += columns) {
    const row = figures.slice(start, start + columns);
    let x = 0;
    for (const figure of row) {
      shapes.push({ kind: 'group', x, y, shapes: figure.shapes });
      x += figure.width + GAP;
    }
    width = Math.max(width, x - GAP);
    y += Math.max(...row.map(({ height }) => height)) + GAP;
  }
  return { width, height: Math.max(0, y - GAP), says: figures.map(({ says }) => says).join('. '), shapes };
}

/** Figures one below the other. */
export function stacked(figures: readonly Figure[]): Figure {
  return beside(figures, 1);
}
