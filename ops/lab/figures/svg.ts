import { outline, textWidth } from '../../../coordinator/export/lettering.js';
import { type InkName, PAPER_INKS } from '../look/inks.js';
import { escapeMarkup } from '../look/markup.js';
import type { Figure, Ink, Shape } from './shape.js';

/** How a figure is written down. */
export interface Look {
  /** `text`: letters that can be searched and edited. `outlines`: the same on machines that have no fonts. */
  readonly letters: 'text' | 'outlines';
  readonly colour: (ink: InkName) => string;
}

/** A file: on white. */
export const PAPER: Look = { letters: 'text', colour: (ink) => PAPER_INKS[ink] };
/** What is made into pixels: it must not depend on the fonts of the machine. */
export const OUTLINED: Look = { ...PAPER, letters: 'outlines' };
/** A page: in the colours of its theme. */
export const ON_PAGE: Look = { letters: 'text', colour: (ink) => `var(--${ink})` };

const FONT = "'DejaVu Sans Condensed', 'Helvetica Neue', Arial, sans-serif";
/** Of an em: a line of outlines that is turned or centred is placed by its width. */
const MIDDLE = 0.5;

/** The figure as an SVG document, or as an element of a page. */
export function toSvg(figure: Figure, look: Look): string {
  const { width, height, says, shapes } = figure;
  const box = `viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}"`;
  const ground = `<rect width="${round(width)}" height="${round(height)}" fill="${look.colour('ground')}"/>`;
  const body = shapes.map((shape) => write(shape, look)).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img" aria-label="${escapeMarkup(says)}" font-family="${FONT}">${ground}${body}</svg>`;
}

function write(shape: Shape, look: Look): string {
  const ink = (each: Ink | undefined) => inkOf(each, look);
  switch (shape.kind) {
    case 'rectangle': {
      const { x, y, width, height } = shape;
      const sides = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
      return `<rect ${sides} fill="${ink(shape.fill)}"${faded(shape.opacity)}${titled('rect', shape.title)}`;
    }
    case 'circle': {
      const place = `cx="${round(shape.x)}" cy="${round(shape.y)}" r="${round(shape.radius)}"`;
      return `<circle ${place} fill="${ink(shape.fill)}"${faded(shape.opacity)}${titled('circle', shape.title)}`;
    }
    case 'path': {
      const pen = shape.stroke
        ? ` stroke="${ink(shape.stroke)}" stroke-width="${shape.width ?? 1}" stroke-linejoin="round"`
        : '';
      const dashes = shape.dashed ? ' stroke-dasharray="5 4"' : '';
      return `<path d="${shape.d}" fill="${ink(shape.fill)}"${pen}${dashes}${faded(shape.opacity)}${titled('path', shape.title)}`;
    }
    case 'image': {
      const { x, y, width, height, data, title } = shape;
      const sides = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
      const look = 'preserveAspectRatio="none" style="image-rendering:pixelated"';
      return `<image ${sides} ${look} href="${escapeMarkup(data)}"${titled('image', title)}`;
    }
    case 'group':
      return `<g transform="translate(${round(shape.x)} ${round(shape.y)})">${shape.shapes.map((each) => write(each, look)).join('')}</g>`;
    case 'text':
      return look.letters === 'text' ? letters(shape, ink(shape.ink)) : outlines(shape, ink(shape.ink));
  }
}

type Text = Extract<Shape, { kind: 'text' }>;

function letters({ text, x, y, size, anchor = 'start', turn = 0 }: Text, colour: string): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="${anchor}" fill="${colour}"${rotated(turn, x, y)}>${escapeMarkup(text)}</text>`;
}

function outlines({ text, x, y, size, anchor = 'start', turn = 0 }: Text, colour: string): string {
  const shift = { start: 0, middle: MIDDLE, end: 1 }[anchor] * textWidth(text, size);
  return `<path fill="${colour}"${rotated(turn, x, y)} d="${outline({ text, x: x - shift, y, size })}"/>`;
}

function rotated(turn: number, x: number, y: number): string {
  return turn === 0 ? '' : ` transform="rotate(${round(turn)} ${round(x)} ${round(y)})"`;
}

function inkOf(ink: Ink | undefined, look: Look): string {
  if (ink === undefined) return 'none';
  return isName(ink) ? look.colour(ink) : ink;
}

function isName(ink: Ink): ink is InkName {
  return Object.hasOwn(PAPER_INKS, ink);
}

function faded(opacity: number | undefined): string {
  return opacity === undefined ? '' : ` opacity="${round(opacity)}"`;
}

/** The end of an element, with the title that a pointer shows. */
function titled(element: string, title: string | undefined): string {
  return title === undefined ? '/>' : `><title>${escapeMarkup(title)}</title></${element}>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
