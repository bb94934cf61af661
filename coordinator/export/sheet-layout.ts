/** Where everything of a contact sheet goes; all in pixels. */
export interface SheetLayout {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  /** Side of an image. */
  readonly cell: number;
  readonly margin: number;
  /** Size of the letters under an image; 0: no room for any. */
  readonly letters: number;
  readonly title: { readonly size: number; readonly baseline: number };
  /** Upper left corner of the image in the place-th cell, from 0. */
  corner(place: number): { readonly x: number; readonly y: number };
}

/** The more classes, the smaller their cells; the last of these that is reached applies. */
const SIZES = [
  { classes: 1, cell: 224, gap: 20, letters: 16, columns: 5 },
  { classes: 11, cell: 160, gap: 16, letters: 13, columns: 10 },
  { classes: 101, cell: 96, gap: 10, letters: 10, columns: 0 },
  { classes: 2001, cell: 32, gap: 3, letters: 0, columns: 0 },
] as const;

/** A sheet's proportion, width to height, where the number of columns is free. */
const PROPORTION = 1.4;

/** The layout for so many classes, from 1. */
export function layOutSheet(classes: number): SheetLayout {
  const {
    cell,
    gap,
    letters,
    columns: fixed,
  } = SIZES.findLast((size) => classes >= size.classes) ?? SIZES[0];
  // A bar, two lines of letters, and air.
  const below = letters === 0 ? 0 : Math.round(letters * 3.1) + 4;
  const stepX = cell + gap;
  const stepY = cell + below + gap;
  const free = Math.ceil(Math.sqrt((classes * PROPORTION * stepY) / stepX) / 5) * 5;
  const columns = Math.min(classes, fixed || free);
  const rows = Math.ceil(classes / columns);
  const margin = Math.max(24, gap * 2);
  const width = 2 * margin + columns * stepX - gap;
  const size = Math.max(14, Math.min(36, Math.round(width / 60)));
  const top = margin + Math.round(size * 2.2);
  return {
    width,
    height: top + rows * stepY - gap + margin,
    columns,
    cell,
    margin,
    letters,
    title: { size, baseline: margin + size },
    corner: (place) => ({
      x: margin + (place % columns) * stepX,
      y: top + Math.floor(place / columns) * stepY,
    }),
  };
}
