import type { Pixels } from '../../../protocol/drawing/drawer.js';
import type { Repetition, Shift } from './repetition.js';

/** A picture cut into the copies of what repeats in it. */
export interface Lattice {
  readonly tiles: number;
  /** Which tile each pixel belongs to, 0 … tiles − 1, from the middle of the picture outwards. Shape [height, width]. */
  readonly tileOf: Int32Array;
  /** How far a pixel lies from where the same one lies in tile 0's own cell, in whole pixels; shape [height · width · 2]. */
  readonly offsets: Int32Array;
  /** Of each tile, its pixels as a share of the largest one's. */
  readonly areas: readonly number[];
}

/** Tiles with less of the largest one's area are a part of their neighbour. */
const PART = 0.5;
const PHASES = 24;

/**
 * Cuts a picture along the shifts under which it repeats, where it differs least from `colour`: through the ground, not
 * through the elements. Cells that the border cuts by more than half belong to the nearest whole one.
 */
export function cutLattice(pixels: Pixels, { shifts }: Repetition, colour: readonly number[]): Lattice {
  const { width, height } = pixels;
  const coordinates = coordinatesOf(shifts);
  const phases = phasesOf(pixels, coordinates, colour);
  const cells = new Map<string, Cell>();
  const cellOf: Cell[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [a, b] = coordinates(x, y);
      const index: Shift = [Math.floor(a - phases[0]), shifts.length === 2 ? Math.floor(b - phases[1]) : 0];
      const cell = cells.get(`${index}`) ?? { index, count: 0, x: 0, y: 0 };
      cells.set(`${index}`, cell);
      cell.count++;
      cell.x += x;
      cell.y += y;
      cellOf.push(cell);
    }
  }
  return numbered([...cells.values()], cellOf, pixels, shifts);
}

interface Cell {
  readonly index: Shift;
  count: number;
  /** Sums over its pixels. */
  x: number;
  y: number;
}

function numbered(
  cells: readonly Cell[],
  cellOf: readonly Cell[],
  { width, height }: Pixels,
  shifts: Repetition['shifts'],
): Lattice {
  const largest = Math.max(...cells.map(({ count }) => count));
  const distance = (x: number, y: number, cell: Cell) =>
    Math.hypot(cell.x / cell.count - x, cell.y / cell.count - y);
  const middle = [(width - 1) / 2, (height - 1) / 2] as const;
  const whole = cells
    .filter(({ count }) => count >= PART * largest)
    .sort((a, b) => distance(...middle, a) - distance(...middle, b));
  const numbers = new Map(
    cells.map((cell) => {
      const centre = [cell.x / cell.count, cell.y / cell.count] as const;
      const own = whole.indexOf(cell);
      const nearest = whole.reduce((a, b) => (distance(...centre, b) < distance(...centre, a) ? b : a));
      return [cell, own >= 0 ? own : whole.indexOf(nearest)];
    }),
  );
  const origin = whole[0]?.index ?? [0, 0];
  const [first, second = [0, 0] as const] = shifts;
  const offsets = new Int32Array(2 * width * height);
  const tileOf = Int32Array.from(cellOf, (cell, i) => {
    const [i1, i2] = [cell.index[0] - origin[0], cell.index[1] - origin[1]];
    offsets[2 * i] = Math.round(i1 * first[0] + i2 * second[0]);
    offsets[2 * i + 1] = Math.round(i1 * first[1] + i2 * second[1]);
    return numbers.get(cell) ?? 0;
  });
  return { tiles: whole.length, tileOf, offsets, areas: whole.map(({ count }) => count / largest) };
}

type Coordinates = (x: number, y: number) => Shift;

/** Where a pixel lies, counted in shifts. Of one shift alone: across its stripes. */
function coordinatesOf([first, second]: Repetition['shifts']): Coordinates {
  if (second === undefined) {
    const square = first[0] ** 2 + first[1] ** 2;
    return (x, y) => [(x * first[0] + y * first[1]) / square, 0];
  }
  const area = first[0] * second[1] - first[1] * second[0];
  return (x, y) => [(x * second[1] - y * second[0]) / area, (y * first[0] - x * first[1]) / area];
}

/** Where in a period the picture differs least from a colour, along each shift: 0 … 1. */
function phasesOf(
  { width, height, channels, data }: Pixels,
  coordinates: Coordinates,
  colour: readonly number[],
): Shift {
  const sums = [new Float64Array(PHASES), new Float64Array(PHASES)] as const;
  const counts = [new Float64Array(PHASES), new Float64Array(PHASES)] as const;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let difference = 0;
      for (let c = 0; c < channels; c++)
        difference += Math.abs((data[(y * width + x) * channels + c] ?? 0) - (colour[c] ?? 0));
      coordinates(x, y).forEach((coordinate, axis) => {
        const bin = Math.min(PHASES - 1, Math.floor((coordinate - Math.floor(coordinate)) * PHASES));
        const [sum, count] = [sums[axis], counts[axis]];
        if (!sum || !count) return;
        sum[bin] = (sum[bin] ?? 0) + difference;
        count[bin] = (count[bin] ?? 0) + 1;
      });
    }
  }
  const least = (axis: 0 | 1) => {
    const means = Array.from(sums[axis], (sum, i) => sum / Math.max(1, counts[axis][i] ?? 0));
    // Over three neighbours, so that one lucky bin in the midst of an element does not count.
    const around = means.map((mean, i) => mean + (means.at(i - 1) ?? 0) + (means[(i + 1) % PHASES] ?? 0));
    return (around.indexOf(Math.min(...around)) + 0.5) / PHASES;
  };
  return [least(0), least(1)];
}
