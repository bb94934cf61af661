import type { Size } from '../../protocol/drawing/sight.js';

/** Where everything of a contact sheet goes; all in pixels. */
export interface SheetLayout {
  readonly width: number;
  /** Without the caption, which goes below. */
  readonly height: number;
  readonly columns: number;
  /** Of a picture in its cell. */
  readonly picture: Size;
  /** Side of the square that each pixel of a picture becomes; 0: pictures are reduced. */
  readonly factor: number;
  /** Width of a cell: the picture's, or more, so that there is room for letters. */
  readonly cell: number;
  readonly margin: number;
  /** Size of the letters under a picture; 0: no room for any. */
  readonly letters: number;
  readonly title: { readonly size: number; readonly baseline: number };
  /** Upper left corner of the place-th cell, from 0. */
  corner(place: number): { readonly x: number; readonly y: number };
}

/** The more classes, the smaller their pictures; the last of these that is reached applies. */
const SIZES = [
  { classes: 1, side: 224, gap: 20, letters: 16, columns: 5 },
  { classes: 11, side: 160, gap: 16, letters: 13, columns: 10 },
  { classes: 101, side: 96, gap: 10, letters: 10, columns: 0 },
  { classes: 2001, side: 32, gap: 3, letters: 0, columns: 0 },
] as const;

/** A sheet's proportion, width to height, where the number of columns is free. */
const PROPORTION = 1.4;

/** A picture that is this much too large at the most is shown as it is, pixel by pixel. */
const SLIGHTLY = 1.45;

/** The least width of a cell, as a share of its side. */
const NARROWEST = 0.6;

/** The layout for `classes` classes, from 1, whose pictures have this size. */
export function layOutSheet(classes: number, size: Size): SheetLayout {
  const found = SIZES.findLast((each) => classes >= each.classes) ?? SIZES[0];
  const { side, gap, columns: fixed } = found;
  const factor = factorFor(size, side);
  const picture = factor > 0 ? times(size, factor) : within(size, side);
  const letters = Math.round(found.letters * Math.max(1, picture.width / side));
  const cell = letters === 0 ? picture.width : Math.max(picture.width, Math.round(side * NARROWEST));
  // A bar, two lines of letters, and air.
  const below = letters === 0 ? 0 : Math.round(letters * 3.1) + 4;
  const stepX = cell + gap;
  const stepY = picture.height + below + gap;
  const free = Math.ceil(Math.sqrt((classes * PROPORTION * stepY) / stepX) / 5) * 5;
  const columns = Math.min(classes, fixed || free);
  const rows = Math.ceil(classes / columns);
  const margin = Math.max(24, gap * 2);
  const width = 2 * margin + columns * stepX - gap;
  const letter = Math.max(14, letters, Math.min(36, Math.round(width / 60)));
  const top = margin + Math.round(letter * 2.2);
  return {
    width,
    height: top + rows * stepY - gap + margin,
    columns,
    picture,
    factor,
    cell,
    margin,
    letters,
    title: { size: letter, baseline: margin + letter },
    corner: (place) => ({
      x: margin + (place % columns) * stepX,
      y: top + Math.floor(place / columns) * stepY,
    }),
  };
}

/** The same with `pixels` pixels of room between the title and the cells. */
export function movedDown(layout: SheetLayout, pixels: number): SheetLayout {
  return {
    ...layout,
    height: layout.height + pixels,
    corner(place) {
      const { x, y } = layout.corner(place);
      return { x, y: y + pixels };
    },
  };
}

/** By which whole factor a picture comes closest to a side; 0 when it is much larger. */
function factorFor({ width, height }: Size, side: number): number {
  const longer = Math.max(width, height);
  return longer > side * SLIGHTLY ? 0 : Math.max(1, Math.round(side / longer));
}

function times({ width, height }: Size, factor: number): Size {
  return { width: width * factor, height: height * factor };
}

/** The size of the same proportion whose longer side is `side`. */
function within({ width, height }: Size, side: number): Size {
  const longer = Math.max(width, height);
  const scaled = (length: number) => Math.max(1, Math.round((length * side) / longer));
  return { width: scaled(width), height: scaled(height) };
}
