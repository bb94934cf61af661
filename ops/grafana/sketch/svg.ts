/** Pieces of SVG as text: enough for a sketch. */

export const COLORS = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff9830',
  '#f2495c',
  '#b877d9',
  '#8ab8ff',
  '#c0d8ff',
  '#ffb357',
  '#96d98d',
] as const;
export const COLOR_OF: Readonly<Record<string, string>> = {
  green: '#73bf69',
  orange: '#ff9830',
  red: '#f2495c',
  blue: '#5794f2',
};
export const INK = '#d8d9da';
export const FAINT = '#8e8e8e';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

export function text(
  words: string,
  x: number,
  y: number,
  look: {
    readonly size?: number;
    readonly fill?: string;
    readonly anchor?: 'start' | 'middle' | 'end';
    readonly bold?: boolean;
  } = {},
): string {
  const { size = 12, fill = INK, anchor = 'start', bold = false } = look;
  const weight = bold ? ' font-weight="bold"' : '';
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${weight}>${escaped(words)}</text>`;
}

export function rectangle({ x, y, width, height }: Box, fill: string, opacity = 1): string {
  return `<rect x="${x}" y="${y}" width="${Math.max(width, 0)}" height="${Math.max(height, 0)}" fill="${fill}" fill-opacity="${opacity}"/>`;
}

export function line(points: readonly (readonly [number, number])[], stroke: string, width = 1.5): string {
  const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;
}

/** Words that fit into a width in pixels, at about half an em a letter. */
export function shorten(words: string, width: number, size = 12): string {
  const letters = Math.max(Math.floor(width / (0.56 * size)), 1);
  return words.length <= letters ? words : `${words.slice(0, letters - 1)}…`;
}

export function page(width: number, height: number, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans, sans-serif"><rect width="${width}" height="${height}" fill="#111217"/>${content}</svg>`;
}
