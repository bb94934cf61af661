import { ago, percent } from '../format.js';
import type { Cell } from '../run/cells.js';
import { cutTo } from './cut.js';
import type { Palette } from './palette.js';
import type { TilePicture } from './picture-shelf.js';

/** What is painted of one tile. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  /** Room below the image. */
  readonly caption: number;
  readonly label: string;
  readonly cell: Cell | undefined;
  readonly picture: TilePicture | undefined;
  /** How much of the light of an improvement is left, 0 … 1. */
  readonly glow: number;
  /** Among those that are looked for; false: it steps back. Undefined: nothing is looked for. */
  readonly lit: boolean | undefined;
}

/** How long a better image takes to come forward, and how long its light stays, in milliseconds. */
export const FADE_MS = 700;
export const GLOW_MS = 6000;

/** What tiles are painted with, on a canvas whose unit is a CSS pixel. */
export interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  /** Device pixels of a CSS pixel. */
  readonly ratio: number;
  /** Nothing fades. */
  readonly still: boolean;
  /** The page's clock. */
  readonly now: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Labels that were cut to a tile's width; measuring is slow. */
  readonly cut: Map<string, string>;
}

export function paintTile(brush: Brush, tile: Tile): void {
  const { context, palette, ratio } = brush;
  // To the device's pixels, so that a picture's are the screen's.
  const snap = (value: number) => Math.round(value * ratio) / ratio;
  const placed = { ...tile, x: snap(tile.x), y: snap(tile.y), side: snap(tile.side) };
  context.globalAlpha = tile.lit === false ? 0.16 : 1;
  if (placed.cell === undefined) paintEmpty(brush, placed);
  else paintPicture(brush, placed);
  if (tile.lit === true) frame(brush, placed, palette.warm, 3, 1);
  else if (tile.glow > 0 && tile.lit === undefined) frame(brush, placed, palette.accent, 2, tile.glow);
  context.globalAlpha = tile.lit === false ? 0.3 : 1;
  paintCaption(brush, placed);
  context.globalAlpha = 1;
}

function paintEmpty({ context, palette }: Brush, { x, y, side }: Tile): void {
  context.fillStyle = palette.empty;
  context.fillRect(x, y, side, side);
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.setLineDash(side < 40 ? [] : [3, 4]);
  context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
  context.setLineDash([]);
}

function paintPicture(brush: Brush, { x, y, side, picture }: Tile): void {
  const { context, palette, still, now } = brush;
  if (picture === undefined) {
    context.fillStyle = palette.empty;
    context.fillRect(x, y, side, side);
    return;
  }
  const { before, since } = picture;
  const shown = still || before === undefined ? 1 : Math.min(1, (now - since) / FADE_MS);
  const alpha = context.globalAlpha;
  if (before !== undefined && shown < 1) place(brush, before, x, y, side);
  context.globalAlpha = alpha * shown;
  place(brush, picture.picture, x, y, side);
  context.globalAlpha = alpha;
  context.strokeStyle = palette.edge;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
}

function place({ context, ratio }: Brush, picture: ImageBitmap, x: number, y: number, side: number): void {
  // Its own pixels where it was drawn for this size; smooth for the moment until it is.
  context.imageSmoothingEnabled = Math.round(side * ratio) !== picture.width;
  context.drawImage(picture, x, y, side, side);
}

function frame({ context }: Brush, { x, y, side }: Tile, colour: string, width: number, alpha: number): void {
  const before = context.globalAlpha;
  context.globalAlpha = before * alpha;
  context.strokeStyle = colour;
  context.lineWidth = width;
  const out = width / 2 + 1;
  context.strokeRect(x - out, y - out, side + 2 * out, side + 2 * out);
  context.globalAlpha = before;
}

function paintCaption(brush: Brush, tile: Tile): void {
  const { context, palette } = brush;
  const { x, y, side, caption, cell, label } = tile;
  const { unit } = palette;
  const below = y + side;
  if (caption < 20 * unit) {
    if (cell === undefined) return;
    context.fillStyle = palette.accent;
    context.fillRect(x, below + 2, side * cell.confidence, 2);
    return;
  }
  const told = caption > 40 * unit;
  const size = (told ? 13 : 11.5) * unit;
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  context.font = `${told ? 500 : 400} ${size}px ${palette.font}`;
  context.fillStyle = cell === undefined ? palette.quiet : palette.text;
  context.fillText(fitted(brush, label, side, size), x, below + (told ? 18 : 16) * unit);
  if (told) paintNumbers(brush, tile, below + 35 * unit);
}

function paintNumbers({ context, palette, time }: Brush, { x, side, cell, glow }: Tile, line: number): void {
  const { unit } = palette;
  context.font = `400 ${12 * unit}px ${palette.font}`;
  if (cell === undefined) {
    context.fillStyle = palette.quiet;
    context.fillText('empty', x, line);
    return;
  }
  context.fillStyle = glow > 0 || cell.confidence >= 0.99 ? palette.accent : palette.quiet;
  context.fillText(percent(cell.confidence), x, line);
  if (cell.changed === 0 || side < AGED * unit) return;
  context.fillStyle = palette.quiet;
  context.textAlign = 'right';
  context.fillText(ago(cell.changed, time), x + side, line);
}

/** Beside the confidence of a narrower tile, its age has no room. */
const AGED = 124;

function fitted({ context, cut }: Brush, label: string, width: number, size: number): string {
  const key = `${width} ${size} ${label}`;
  const known = cut.get(key);
  if (known !== undefined) return known;
  // While a wall is zoomed, widths come and go.
  if (cut.size > MOST_CUT) cut.clear();
  const text = cutTo(label, (part) => context.measureText(part).width <= width);
  cut.set(key, text);
  return text;
}

const MOST_CUT = 8000;
