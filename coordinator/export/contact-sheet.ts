import type { Elite } from '../../protocol/archive/elite.js';
import type { Drawer, Pixels } from '../../protocol/drawing/drawer.js';
import { fitText, type Line, outline, textWidth } from './lettering.js';
import { layOutSheet, type SheetLayout } from './sheet-layout.js';

export interface SheetContent {
  readonly elites: readonly Elite[];
  /** One a class of the network. */
  readonly labels: readonly string[];
  /** The classes that have a cell on the sheet, filled or not, in order. */
  readonly classes: readonly number[];
  /** Upper left and upper right of the sheet. */
  readonly title: string;
  readonly figures: string;
}

const BACKGROUND = [14, 16, 20] as const;
const EMPTY = [24, 27, 33] as const;
const INK = { title: '#f2f4f8', label: '#d5dae3', faint: '#6d7686', track: '#262b35' } as const;

/** Colours of a confidence, from the least: the last one reached applies. */
const SHADES = [
  { from: 0, colour: '#7d8799' },
  { from: 0.5, colour: '#d9a441' },
  { from: 0.9, colour: '#a8c84e' },
  { from: 0.99, colour: '#46cf9a' },
] as const;

/** Height of the bar that shows a confidence. */
const BAR = 3;

/** A PNG with a cell for each class asked for: its image, its label, and the confidence as a figure and a bar. */
export async function drawContactSheet(drawer: Drawer, content: SheetContent): Promise<Buffer> {
  const layout = layOutSheet(content.classes.length);
  const places = new Map(content.classes.map((classId, place) => [classId, place]));
  const canvas = Buffer.alloc(layout.width * layout.height * 3);
  fill(canvas, layout.width, { x: 0, y: 0, width: layout.width, height: layout.height }, BACKGROUND);
  for (const place of places.values()) {
    fill(canvas, layout.width, { ...layout.corner(place), width: layout.cell, height: layout.cell }, EMPTY);
  }
  for (const { classId, candidate } of content.elites) {
    const place = places.get(classId);
    if (place === undefined) continue;
    const pixels = drawer.pixels(candidate.genome, layout.cell, layout.cell);
    blit(canvas, layout.width, layout.corner(place), pixels);
  }
  const raw = { width: layout.width, height: layout.height, channels: 3 } as const;
  const overlay = Buffer.from(drawOverlay(layout, content));
  // As for images: not before it is needed.
  const { default: sharp } = await import('sharp');
  return sharp(canvas, { raw, limitInputPixels: false })
    .composite([{ input: overlay, limitInputPixels: false, unlimited: true }])
    .removeAlpha()
    .png()
    .toBuffer();
}

/** Letters and bars as SVG. */
function drawOverlay(layout: SheetLayout, { elites, labels, classes, title, figures }: SheetContent): string {
  const { width, height, cell, letters, margin } = layout;
  const confidences = new Map(elites.map(({ classId, confidence }) => [classId, confidence]));
  const shapes: string[] = [];
  const write = (colour: string, line: Line) => {
    shapes.push(`<path fill="${colour}" d="${outline(line)}"/>`);
  };

  const { size, baseline } = layout.title;
  const small = Math.round(size * 0.6);
  const room = width - 2 * margin;
  const right = fitText(figures, small, room);
  write(INK.faint, { text: right, x: width - margin, y: baseline, size: small, anchor: 'end' });
  const left = fitText(title, size, room - textWidth(right, small) - size);
  write(INK.title, { text: left, x: margin, y: baseline, size });

  for (const [place, classId] of classes.entries()) {
    if (letters === 0) break;
    const { x, y } = layout.corner(place);
    const label = labels[classId] ?? '';
    const confidence = confidences.get(classId);
    const colour = shadeOf(confidence ?? 0);
    const barY = y + cell + 4;
    shapes.push(bar(x, barY, cell, INK.track));
    if (confidence !== undefined) shapes.push(bar(x, barY, cell * confidence, colour));
    const first = barY + BAR + Math.round(letters * 1.2);
    const second = first + Math.round(letters * 1.3);
    write(INK.label, { text: fitText(label, letters, cell), x, y: first, size: letters });
    const figure = confidence === undefined ? 'empty' : percent(confidence);
    write(colour, { text: figure, x, y: second, size: letters });
    write(INK.faint, { text: `${classId}`, x: x + cell, y: second, size: letters, anchor: 'end' });
  }
  const sides = `width="${width}" height="${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${sides}>${shapes.join('')}</svg>`;
}

function bar(x: number, y: number, width: number, colour: string): string {
  return `<rect x="${x}" y="${y}" width="${width.toFixed(2)}" height="${BAR}" fill="${colour}"/>`;
}

function shadeOf(confidence: number): string {
  return (SHADES.findLast(({ from }) => confidence >= from) ?? SHADES[0]).colour;
}

/** Cut, not rounded: 100 % is said of nothing less. */
function percent(confidence: number): string {
  return `${(Math.floor(confidence * 10_000) / 100).toFixed(2)} %`;
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
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
