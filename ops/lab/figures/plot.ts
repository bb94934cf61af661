import { area, curveLinear, curveStepAfter, line } from 'd3-shape';
import { textWidth } from '../../../coordinator/export/lettering.js';
import {
  type Axis,
  formatOf,
  horizontalAxis,
  LETTERS,
  type Place,
  placeOf,
  segment,
  ticksOf,
  verticalAxis,
} from './axis.js';
import { type LegendEntry, legend } from './legend.js';
import type { Figure, Ink, Shape } from './shape.js';

export type Point = readonly [x: number, y: number];

/** What is drawn over the grid, in this order. */
export type Mark =
  | {
      readonly kind: 'line';
      readonly points: readonly Point[];
      readonly ink: Ink;
      /** In the legend; of marks with the same label and ink there is one entry. */
      readonly label?: string;
      /** A value holds until the next one. */
      readonly steps?: boolean;
      readonly dashed?: boolean;
      readonly width?: number;
    }
  | {
      /** The room between two values at each x. */
      readonly kind: 'band';
      readonly points: readonly (readonly [x: number, low: number, high: number])[];
      readonly ink: Ink;
      readonly steps?: boolean;
      readonly label?: string;
    }
  | {
      readonly kind: 'bars';
      readonly bars: readonly {
        readonly from: number;
        readonly to: number;
        readonly value: number;
        readonly title?: string;
      }[];
      readonly ink: Ink;
      readonly label?: string;
      readonly opacity?: number;
    }
  | {
      readonly kind: 'dots';
      readonly points: readonly Point[];
      readonly ink: Ink;
      readonly label?: string;
      readonly radius?: number;
      /** One a point. */
      readonly titles?: readonly string[];
    }
  | { readonly kind: 'rule'; readonly x: number; readonly label: string; readonly ink: Ink };

export interface PlotOptions {
  /** Of the whole figure, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** For who cannot see it; default: the title. */
  readonly says?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Mark[];
}

const TITLE = 14;
/** Room at the right end of an axis, at the least. */
const RIGHT = 20;

/** A plot of marks over two axes, with a title and a legend above it. */
export function plot({ width, height, title, says, x, y, marks }: PlotOptions): Figure {
  const names = legend(legendOf(marks), width - 24);
  const widest = Math.max(0, ...ticksOf(y, height, 'y').map((tick) => textWidth(formatOf(y)(tick), LETTERS)));
  const left = Math.ceil(widest * 1.1) + 34;
  const top = 34 + names.height;
  const right = roomAtTheEnd(x, width - left);
  const inner = { width: width - left - right, height: height - top - 3 * LETTERS - 14 };
  const across = placeOf(x, [0, inner.width]);
  const up = placeOf(y, [inner.height, 0]);
  const shapes: Shape[] = [
    { kind: 'text', text: title, x: 12, y: 22, size: TITLE, ink: 'text' },
    { kind: 'group', x: 12, y: 34, shapes: names.shapes },
    {
      kind: 'group',
      x: left,
      y: top,
      shapes: [
        ...horizontalAxis(x, across, inner.width, inner.height),
        ...verticalAxis(y, up, inner.width, inner.height, 14 - left + 4),
        ...marks.flatMap((mark) => draw(mark, across, up, inner.height)),
      ],
    },
  ];
  return { width, height, says: says ?? title, shapes };
}

/** Between the end of the axis and that of the figure: the last number may stand at the very end. */
function roomAtTheEnd(x: Axis, length: number): number {
  const place = placeOf(x, [0, length - RIGHT]);
  const reaches = ticksOf(x, length - RIGHT, 'x').map(
    (tick) => place(tick) + 0.55 * textWidth(formatOf(x)(tick), LETTERS),
  );
  return RIGHT + Math.ceil(Math.max(0, Math.max(...reaches) - (length - 4)));
}

function draw(mark: Mark, x: Place, y: Place, height: number): Shape[] {
  switch (mark.kind) {
    case 'line': {
      const path = line<Point>(
        (each) => x(each[0]),
        (each) => y(each[1]),
      )
        .curve(mark.steps ? curveStepAfter : curveLinear)
        .digits(2);
      const { ink, width = 2, dashed = false } = mark;
      return [{ kind: 'path', d: path([...mark.points]) ?? '', stroke: ink, width, dashed }];
    }
    case 'band': {
      const path = area<readonly [number, number, number]>(
        (each) => x(each[0]),
        (each) => y(each[1]),
        (each) => y(each[2]),
      )
        .curve(mark.steps ? curveStepAfter : curveLinear)
        .digits(2);
      return [{ kind: 'path', d: path([...mark.points]) ?? '', fill: mark.ink, opacity: 0.2 }];
    }
    case 'bars':
      return mark.bars.map(({ from, to, value, title }) => ({
        kind: 'rectangle' as const,
        x: x(from) + 0.5,
        y: Math.min(y(value), y(0)),
        width: Math.max(1, x(to) - x(from) - 1),
        height: Math.abs(y(0) - y(value)),
        fill: mark.ink,
        opacity: mark.opacity ?? 1,
        ...(title !== undefined && { title }),
      }));
    case 'dots':
      return mark.points.map(([px, py], i) => {
        const title = mark.titles?.[i];
        const place = { x: x(px), y: y(py), radius: mark.radius ?? 3, fill: mark.ink };
        return { kind: 'circle' as const, ...place, ...(title !== undefined && { title }) };
      });
    case 'rule':
      return [
        {
          kind: 'path',
          d: segment([x(mark.x), 0], [x(mark.x), height]),
          stroke: mark.ink,
          width: 1.5,
          dashed: true,
        },
      ];
  }
}

/** Of marks with the same label and ink there is one entry. */
function legendOf(marks: readonly Mark[]): LegendEntry[] {
  const entries = new Map<string, LegendEntry>();
  for (const mark of marks) {
    if (mark.label === undefined) continue;
    const { label, ink } = mark;
    entries.set(`${label} ${ink}`, { label, ink, shape: swatchOf(mark) });
  }
  return [...entries.values()];
}

function swatchOf(mark: Mark): LegendEntry['shape'] {
  switch (mark.kind) {
    case 'line':
      return mark.dashed ? 'dashes' : 'line';
    case 'rule':
      return 'dashes';
    case 'dots':
      return 'dot';
    case 'band':
      return 'band';
    case 'bars':
      return 'block';
  }
}
