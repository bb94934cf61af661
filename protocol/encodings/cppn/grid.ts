import type { Arena } from '../../drawing/painting/arena.js';

/** Where the samples of a picture lie on a genome's canvas: the inputs of a CPPN, in the kernel's memory. */
export interface Grid {
  /** Samples of a row and rows, as the kernel evaluates them: at least 4 columns, both rounded up to a multiple of 4. */
  readonly columns: number;
  readonly rows: number;
  /** Coordinates on the canvas, a double for each column (row). */
  readonly x: number;
  readonly y: number;
  /** Squares of the coordinates centred on −1 … 1, a float for each column (row): d² = squaresX + squaresY. */
  readonly squaresX: number;
  readonly squaresY: number;
  /** As many floats 0 as there are columns or rows, whichever are more. */
  readonly zeros: number;
  /** A pair of doubles 1: the bias. */
  readonly one: number;
}

export interface GridKernel {
  fillGrid(coordinates: number, squares: number, count: number, samples: number, canvas: number): void;
}

/** Lays the grid of a `width` × `height` picture of a canvas out in memory. */
export function createGrid(
  arena: Arena,
  kernel: GridKernel,
  canvas: number,
  width: number,
  height: number,
): Grid {
  const columns = Math.max(4, roundUp(width));
  const rows = roundUp(height);
  const grid = {
    columns,
    rows,
    x: arena.take(columns * 8),
    y: arena.take(rows * 8),
    squaresX: arena.take(columns * 4),
    squaresY: arena.take(rows * 4),
    zeros: arena.take(Math.max(columns, rows) * 4),
    one: arena.take(16),
  };
  kernel.fillGrid(grid.x, grid.squaresX, columns, width, canvas);
  kernel.fillGrid(grid.y, grid.squaresY, rows, height, canvas);
  arena.f32.fill(0, grid.zeros / 4, grid.zeros / 4 + Math.max(columns, rows));
  arena.f64.fill(1, grid.one / 8, grid.one / 8 + 2);
  return grid;
}

function roundUp(count: number): number {
  return Math.ceil(count / 4) * 4;
}
