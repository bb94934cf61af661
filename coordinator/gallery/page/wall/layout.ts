/** Where the tiles of a wall are, in CSS pixels from its top left corner. */
export interface Layout {
  readonly columns: number;
  /** Side of an image. */
  readonly side: number;
  readonly gap: number;
  /** Room below an image for what is said of it. */
  readonly caption: number;
  /** From one row to the next. */
  readonly rowHeight: number;
  /** Left of the first column, above the first row. */
  readonly left: number;
  readonly top: number;
  readonly rows: number;
  /** Of the whole wall. */
  readonly height: number;
}

export const SMALLEST_TILE = 28;
export const LARGEST_TILE = 720;

/** Tiles are so wide at least that their label, or their label and numbers, can be read. */
const LABELLED = 76;
const TOLD = 96;

export const captionHeight = (side: number, unit: number): number =>
  side < LABELLED * unit ? 6 : side < TOLD * unit ? 24 * unit : 46 * unit;

/** What the page's style says of a wall, in CSS pixels. */
export interface Measure {
  /** A sixteenth of the page's font size. */
  readonly unit: number;
  /** Left and right of all tiles. */
  readonly gutter: number;
}

/** Room above the first row, for the frame of a tile. */
const ABOVE = 8;

/**
 * A wall of `count` tiles at least `tile` wide, stretched so that columns fill the width; a few tiles stay as they are,
 * at the left.
 */
export function layOut(count: number, width: number, tile: number, { unit, gutter }: Measure): Layout {
  const gap = Math.round(Math.min(20 * unit, Math.max(3, tile * 0.1)));
  const room = Math.max(1, width - 2 * gutter);
  const wanted = Math.min(tile, room);
  const most = Math.max(1, Math.floor((room + gap) / (wanted + gap)));
  const columns = Math.max(1, Math.min(most, count));
  const stretched = Math.floor((room - gap * (most - 1)) / most);
  const side = Math.max(1, count < most ? Math.floor(wanted) : stretched);
  const caption = captionHeight(side, unit);
  const rowHeight = side + caption + gap;
  const rows = Math.ceil(count / columns);
  return {
    columns,
    side,
    gap,
    caption,
    rowHeight,
    left: gutter,
    top: ABOVE,
    rows,
    height: Math.max(0, rows * rowHeight - gap) + ABOVE + gutter,
  };
}

/** Left and top of the tile at a place. */
export function positionOf(layout: Layout, place: number): { x: number; y: number } {
  const { columns, side, gap, rowHeight, left, top } = layout;
  return {
    x: left + (place % columns) * (side + gap),
    y: top + Math.floor(place / columns) * rowHeight,
  };
}

/** Places of the rows that show between two heights: from `first` up to, not including, `end`. */
export function placesBetween(
  layout: Layout,
  from: number,
  to: number,
  count: number,
): { first: number; end: number } {
  const { columns, rowHeight, top } = layout;
  const firstRow = Math.max(0, Math.floor((from - top) / rowHeight));
  const endRow = Math.max(firstRow, Math.ceil((to - top) / rowHeight));
  return { first: Math.min(count, firstRow * columns), end: Math.min(count, endRow * columns) };
}

/** Least size of a wall that is not zoomed: a thousand tiles can still be read, and are scrolled. */
const COMFORTABLE = 112;
const COMFORTABLE_MOST = 380;

/** The tile size at which `count` tiles fill a view best: all of it without scrolling, where they can be read so. */
export function fittingTile(count: number, width: number, height: number, measure: Measure): number {
  const { unit } = measure;
  const least = Math.min(COMFORTABLE * unit, width / 3.7);
  for (let tile = COMFORTABLE_MOST * unit; tile > least; tile -= 4) {
    if (layOut(count, width, tile, measure).height <= height) return tile;
  }
  return least;
}
