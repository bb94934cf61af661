import { EM, GLYPHS } from './glyphs.js';

/** A line of text in a picture. */
export interface Line {
  readonly text: string;
  /** Of the baseline's start, or its end where `anchor` says so; pixels. */
  readonly x: number;
  readonly y: number;
  /** Pixels of an em. */
  readonly size: number;
  readonly anchor?: 'start' | 'end';
}

const UNKNOWN = '?';
const ELLIPSIS = '…';

/** A line of text as the data of an SVG path, to be filled. */
export function outline({ text, x, y, size, anchor }: Line): string {
  const scale = size / EM;
  let pen = anchor === 'end' ? x - textWidth(text, size) : x;
  let data = '';
  for (const character of plain(text)) {
    const [advance, path] = glyph(character);
    data += place(path, pen, y, scale);
    pen += advance * scale;
  }
  return data;
}

/** Width of a line in pixels. */
export function textWidth(text: string, size: number): number {
  return plain(text).reduce((sum, character) => sum + glyph(character)[0], 0) * (size / EM);
}

/** The text, or as much of it as `width` pixels hold, and an ellipsis. One pass, however long the text. */
export function fitText(text: string, size: number, width: number): string {
  const room = (width * EM) / size;
  const [ellipsis] = glyph(ELLIPSIS);
  const kept: string[] = [];
  let pen = 0;
  let fitting = 0;
  for (const character of plain(text)) {
    pen += glyph(character)[0];
    if (pen > room) return ellipsis > room ? '' : `${kept.slice(0, fitting).join('').trimEnd()}${ELLIPSIS}`;
    kept.push(character);
    if (pen + ellipsis <= room) fitting = kept.length;
  }
  return text;
}

/** The words in lines of at most `width` pixels; a word that is wider alone is cut. */
export function wrapText(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((each) => fitText(each, size, width));
}

/** Characters without their accents: é is drawn as e. */
function plain(text: string): string[] {
  return [...text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC')];
}

function glyph(character: string): readonly [number, string] {
  return GLYPHS[character] ?? GLYPHS[UNKNOWN] ?? [0, ''];
}

/** A glyph's path, scaled, with its start moved to the pen; two decimals of a pixel are plenty. */
function place(path: string, x: number, y: number, scale: number): string {
  const scaled = path.replace(/-?\d+/g, (number, at: number) => {
    const value = round(Number(number) * scale);
    return at > 0 && value >= 0 ? ` ${value}` : `${value}`;
  });
  return scaled === '' ? '' : `M${round(x)} ${round(y)}${scaled}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
