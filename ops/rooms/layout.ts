import type { Area, Arrow } from './rooms.js';

/** A room as a box: its left upper corner and its size, in pixels from the left upper corner of its area. */
export interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An arrow and the points that it goes through, from the foot of one box to the head of another. */
export interface Path {
  readonly both: boolean;
  readonly points: readonly (readonly [number, number])[];
}

export interface AreaLayout {
  readonly boxes: readonly Box[];
  readonly paths: readonly Path[];
  readonly height: number;
}

/** A place in a row: a room or, without a width, a point through which an arrow passes the row. */
interface Slot {
  readonly name: string;
  readonly width: number;
}

/** An arrow from one row to the next. */
interface Segment {
  readonly from: string;
  readonly to: string;
}

/** Of the letters in a box, on the average. */
const LETTER = 7.3;
const BOX_HEIGHT = 26;
const PADDING = 11;
const GAP = 14;
const MOST_GAP = 60;
const ROW_GAP = 28;
/** Room for the name of the area. */
export const HEAD = 44;
const FOOT = 16;
/** Each moves what stands in a row below what leads to it, then above what it leads to. */
const SWEEPS = 8;

/** Places the rooms of an area in rows by their levels, so that arrows seldom cross each other and never a box. */
export function layOut(area: Area, width: number): AreaLayout {
  const levels = new Map(area.rooms.map(({ name, level }) => [name, level]));
  const rows: Slot[][] = [];
  for (const { name, level } of area.rooms) {
    const row = rows[level] ?? [];
    rows[level] = row;
    row.push({ name, width: Math.round(name.length * LETTER) + 2 * PADDING });
  }
  const ways = area.arrows.map((arrow) => wayOf(arrow, levels));
  ways.forEach((way) => {
    way.slice(1, -1).forEach((name, i) => {
      rows[(levels.get(way[0] ?? '') ?? 0) + i + 1]?.push({ name, width: 0 });
    });
  });
  const segments = ways.flatMap((way) => way.slice(1).map((to, i) => ({ from: way[i] ?? '', to })));
  const placed = arrange(rows, segments, width);
  return {
    boxes: area.rooms.map(({ name }) => boxAt(placed, name)),
    paths: ways.map((way, i) => ({
      both: area.arrows[i]?.both === true,
      points: pointsOf(way.map((name) => boxAt(placed, name))),
    })),
    height: HEAD + rows.length * (BOX_HEIGHT + ROW_GAP) - ROW_GAP + FOOT,
  };
}

/** The names of what an arrow goes through, row by row: its rooms at the ends, places of its own between. */
function wayOf({ from, to }: Arrow, levels: ReadonlyMap<string, number>): string[] {
  const rowsBetween = (levels.get(to) ?? 0) - (levels.get(from) ?? 0) - 1;
  return [from, ...Array.from({ length: rowsBetween }, (_, i) => `${from} → ${to} ${i}`), to];
}

/** Orders each row by where its neighbours in the rows above and below stand. */
function arrange(rows: readonly Slot[][], segments: readonly Segment[], width: number): Map<string, Box> {
  let boxes = place(rows, width);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : rows.toReversed()) {
      const wishes = new Map(row.map(({ name }) => [name, wishOf(name, segments, boxes, down)]));
      row.sort((a, b) => (wishes.get(a.name) ?? 0) - (wishes.get(b.name) ?? 0));
      boxes = place(rows, width);
    }
  }
  return boxes;
}

/** Amid what leads to it or, going up, what it leads to; where there is none, where it stands. */
function wishOf(
  name: string,
  segments: readonly Segment[],
  boxes: ReadonlyMap<string, Box>,
  down: boolean,
): number {
  const others = segments.flatMap(({ from, to }) =>
    down ? (to === name ? [from] : []) : from === name ? [to] : [],
  );
  const centres = (others.length > 0 ? others : [name]).map((other) => middleOf(boxAt(boxes, other)));
  return centres.reduce((sum, x) => sum + x, 0) / centres.length;
}

function place(rows: readonly (readonly Slot[])[], width: number): Map<string, Box> {
  const boxes = new Map<string, Box>();
  rows.forEach((row, level) => {
    const used = row.reduce((sum, slot) => sum + slot.width, 0);
    // Rows fill about the same width, so that arrows go down and not across.
    const spare = row.length < 2 ? 0 : (0.88 * width - used) / (row.length - 1);
    const gap = Math.max(GAP, Math.min(MOST_GAP, spare));
    let x = (width - used - gap * (row.length - 1)) / 2;
    for (const { name, width: own } of row) {
      const y = HEAD + level * (BOX_HEIGHT + ROW_GAP);
      boxes.set(name, { name, x: Math.round(x), y, width: own, height: BOX_HEIGHT });
      x += own + gap;
    }
  });
  return boxes;
}

function pointsOf(boxes: readonly Box[]): [number, number][] {
  return boxes.flatMap((box, i): [number, number][] => {
    const x = middleOf(box);
    if (i === 0) return [[x, box.y + box.height]];
    if (i === boxes.length - 1) return [[x, box.y]];
    return [
      [x, box.y],
      [x, box.y + box.height],
    ];
  });
}

const middleOf = ({ x, width }: Box): number => x + width / 2;

function boxAt(boxes: ReadonlyMap<string, Box>, name: string): Box {
  const box = boxes.get(name);
  if (box === undefined) throw new Error(`expected a place for ${name}, got none`);
  return box;
}
