import { fitText, type Line, outline, textWidth, wrapText } from './lettering.js';
import type { SheetLayout } from './sheet-layout.js';
import { shownLabel } from './shown-label.js';

export interface OverlayContent {
  readonly classes: readonly number[];
  readonly labels: readonly string[];
  readonly confidences: ReadonlyMap<number, number>;
  readonly title: string;
  readonly figures: SetText;
  readonly caption: SetText;
}

/** Small text in lines, and where they go. */
export interface SetText {
  readonly lines: readonly string[];
  readonly size: number;
  /** Pixels from a line to the next. */
  readonly step: number;
  /** Pixels that it adds to the sheet's height. */
  readonly height: number;
}

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

/** Below the cells. */
export function setCaption(layout: SheetLayout, caption: string): SetText {
  const text = setText(layout, caption);
  return { ...text, height: text.height + text.size };
}

/** Beside the title where there is room for it, else below. */
export function setFigures(layout: SheetLayout, title: string, figures: string): SetText {
  const text = setText(layout, figures);
  const { size } = layout.title;
  const beside = textWidth(title, size) + size + textWidth(figures, text.size) <= roomOf(layout);
  return beside ? { ...text, height: 0 } : text;
}

function setText(layout: SheetLayout, text: string): SetText {
  const size = Math.max(11, Math.round(layout.title.size * 0.6));
  const step = Math.round(size * 1.5);
  const lines = wrapText(text, size, roomOf(layout));
  return { lines, size, step, height: lines.length * step };
}

function roomOf({ width, margin }: SheetLayout): number {
  return width - 2 * margin;
}

/** Letters and bars as SVG, of outlines only: no text of anyone's is in it. */
export function drawOverlay(layout: SheetLayout, content: OverlayContent): string {
  const { width, height, margin } = layout;
  const { classes, labels, confidences, title, figures, caption } = content;
  const shapes: string[] = [];
  const write = (colour: string, line: Line) => {
    shapes.push(`<path fill="${colour}" d="${outline(line)}"/>`);
  };

  const { size, baseline } = layout.title;
  write(INK.title, { text: fitText(title, size, roomOf(layout)), x: margin, y: baseline, size });
  const besideTitle = { x: width - margin, y: baseline, anchor: 'end' } as const;
  for (const [i, text] of figures.lines.entries()) {
    const place = figures.height === 0 ? besideTitle : { x: margin, y: baseline + (i + 1) * figures.step };
    write(INK.faint, { text, size: figures.size, ...place });
  }

  for (const [place, classId] of classes.entries()) {
    const { letters, cell } = layout;
    if (letters === 0) break;
    const { x, y } = layout.corner(place);
    const confidence = confidences.get(classId);
    const colour = shadeOf(confidence ?? 0);
    const barY = y + layout.picture.height + 4;
    shapes.push(bar(x, barY, cell, INK.track));
    if (confidence !== undefined) shapes.push(bar(x, barY, cell * confidence, colour));
    const first = barY + BAR + Math.round(letters * 1.2);
    const second = first + Math.round(letters * 1.3);
    const label = fitText(shownLabel(labels[classId] ?? ''), letters, cell);
    write(INK.label, { text: label, x, y: first, size: letters });
    const figure = confidence === undefined ? 'empty' : percent(confidence);
    write(colour, { text: figure, x, y: second, size: letters });
    write(INK.faint, { text: `${classId}`, x: x + cell, y: second, size: letters, anchor: 'end' });
  }

  for (const [i, text] of caption.lines.entries()) {
    const y = height - margin + 2 * caption.size + i * caption.step;
    write(INK.faint, { text, x: margin, y, size: caption.size });
  }
  const sides = `width="${width}" height="${height + caption.height}"`;
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
