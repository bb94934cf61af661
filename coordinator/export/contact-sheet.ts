import type { Pixels } from '../../protocol/drawing/drawer.js';
import type { Size } from '../../protocol/drawing/sight.js';
import { enlarge } from './picture.js';
import { layOutSheet, movedDown, type SheetLayout } from './sheet-layout.js';
import { drawOverlay, setCaption, setFigures } from './sheet-overlay.js';

export interface SheetOptions {
  /** The classes that have a cell, filled or not, in this order. */
  readonly classes: readonly number[];
  /** One a class of the network. */
  readonly labels: readonly string[];
  /** Of every picture that is put on the sheet. */
  readonly size: Size;
  /** Upper left and upper right of the sheet. */
  readonly title: string;
  readonly figures: string;
  /** What is written below all cells: what the pictures are. */
  readonly caption: (layout: SheetLayout) => string;
}

/** A sheet with a cell for each class asked for: its picture, its label, and the confidence as a figure and a bar. */
export interface ContactSheet {
  /** Puts a class's picture into its cell. */
  put(classId: number, picture: Pixels): Promise<void>;
  /** The whole as a PNG. `confidences`: of the pictures, by class, written under each and shown by its bar. */
  finish(confidences: ReadonlyMap<number, number>): Promise<Buffer>;
}

const BACKGROUND = [14, 16, 20] as const;
const EMPTY = [24, 27, 33] as const;

export function createContactSheet(options: SheetOptions): ContactSheet {
  const { classes, labels, title } = options;
  const plain = layOutSheet(classes.length, options.size);
  const figures = setFigures(plain, title, options.figures);
  const layout = movedDown(plain, figures.height);
  const caption = setCaption(layout, options.caption(layout));
  const { width } = layout;
  const height = layout.height + caption.height;
  const places = new Map(classes.map((classId, place) => [classId, place]));
  const canvas = Buffer.alloc(width * height * 3);
  fill(canvas, width, { x: 0, y: 0, width, height }, BACKGROUND);
  for (const place of places.values()) {
    fill(canvas, width, { ...layout.corner(place), ...layout.picture }, EMPTY);
  }
  return {
    async put(classId, picture) {
      const place = places.get(classId);
      if (place === undefined) return;
      const { factor, picture: shown } = layout;
      const fitted = factor > 0 ? enlarge(picture, shown) : await reduce(picture, shown);
      blit(canvas, width, layout.corner(place), fitted);
    },
    async finish(confidences) {
      const overlay = drawOverlay(layout, { classes, labels, confidences, title, figures, caption });
      // As for pictures: not before it is needed.
      const { default: sharp } = await import('sharp');
      return sharp(canvas, { raw: { width, height, channels: 3 }, limitInputPixels: false })
        .composite([{ input: Buffer.from(overlay), limitInputPixels: false, unlimited: true }])
        .removeAlpha()
        .png()
        .toBuffer();
    },
  };
}

async function reduce({ data, ...raw }: Pixels, { width, height }: Size): Promise<Pixels> {
  const { default: sharp } = await import('sharp');
  const reduced = await sharp(data, { raw, limitInputPixels: false })
    .resize(width, height, { fit: 'fill' })
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  return { width, height, channels: 3, data: reduced };
}

interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

function fill(canvas: Buffer, stride: number, area: Rectangle, colour: readonly number[]): void {
  const row = Buffer.from(Array.from({ length: area.width }, () => colour).flat());
  for (let y = area.y; y < area.y + area.height; y++) row.copy(canvas, (y * stride + area.x) * 3);
}

function blit(canvas: Buffer, stride: number, at: { x: number; y: number }, pixels: Pixels): void {
  const { width, height, channels, data } = pixels;
  for (let y = 0; y < height; y++) {
    let to = ((at.y + y) * stride + at.x) * 3;
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      for (let c = 0; c < 3; c++) canvas[to++] = data[from + (channels === 3 ? c : 0)] ?? 0;
    }
  }
}
