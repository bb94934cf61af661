import { scaleLinear, scaleLog } from 'd3-scale';
import type { Shape } from './shape.js';

/** What an axis shows. */
export interface Axis {
  readonly label: string;
  /** From left to right, from bottom to top. */
  readonly domain: readonly [number, number];
  /** `log`: for values greater than 0. Default: linear. */
  readonly kind?: 'linear' | 'log';
  /** Values that are written; default: round ones, about so many as there is room for. */
  readonly ticks?: readonly number[];
  readonly format?: (value: number) => string;
}

/** Where a value lies, in pixels. */
export type Place = (value: number) => number;

/** Size of what is written at axes, in pixels. */
export const LETTERS = 12;
const TICK_ROOM = { x: 90, y: 44 } as const;

/** Where the values of an axis lie between two pixels; values beyond the domain lie at its end. */
export function placeOf(axis: Axis, range: readonly [number, number]): Place {
  const scale = scaleOf(axis)
    .range([...range])
    .clamp(true);
  return (value) => scale(value);
}

export function ticksOf(axis: Axis, length: number, along: 'x' | 'y'): readonly number[] {
  if (axis.ticks) return axis.ticks;
  const count = Math.max(2, Math.round(length / TICK_ROOM[along]));
  const ticks = scaleOf(axis).ticks(count);
  // A logarithmic scale gives every digit of a decade: whole decades alone where those are many.
  if (axis.kind !== 'log' || ticks.length <= count + 2) return ticks;
  return ticks.filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e9) / 1e9));
}

export function formatOf(axis: Axis): (value: number) => string {
  return axis.format ?? scaleOf(axis).tickFormat(6, axis.kind === 'log' ? '~s' : undefined);
}

function scaleOf({ kind, domain }: Axis) {
  return (kind === 'log' ? scaleLog() : scaleLinear()).domain([...domain]);
}

/** A straight line. */
export function segment(from: readonly [number, number], to: readonly [number, number]): string {
  return `M${point(from)}L${point(to)}`;
}

export function point([x, y]: readonly [number, number]): string {
  return `${Math.round(x * 100) / 100} ${Math.round(y * 100) / 100}`;
}

/** Grid lines, values and the name of the horizontal axis of a plot of so many pixels, whose upper left corner is 0, 0. */
export function horizontalAxis(axis: Axis, place: Place, width: number, height: number): Shape[] {
  const format = formatOf(axis);
  return [
    ...ticksOf(axis, width, 'x').flatMap((tick): Shape[] => [
      { kind: 'path', d: segment([place(tick), 0], [place(tick), height]), stroke: 'line' },
      {
        kind: 'text',
        text: format(tick),
        x: place(tick),
        y: height + LETTERS + 6,
        size: LETTERS,
        ink: 'quiet',
        anchor: 'middle',
      },
    ]),
    {
      kind: 'text',
      text: axis.label,
      x: width / 2,
      y: height + 3 * LETTERS + 2,
      size: LETTERS,
      ink: 'text',
      anchor: 'middle',
    },
  ];
}

/** The same of the vertical axis, whose values end at -6. */
export function verticalAxis(
  axis: Axis,
  place: Place,
  width: number,
  height: number,
  labelAt: number,
): Shape[] {
  const format = formatOf(axis);
  return [
    ...ticksOf(axis, height, 'y').flatMap((tick): Shape[] => [
      { kind: 'path', d: segment([0, place(tick)], [width, place(tick)]), stroke: 'line' },
      {
        kind: 'text',
        text: format(tick),
        x: -6,
        y: place(tick) + LETTERS * 0.35,
        size: LETTERS,
        ink: 'quiet',
        anchor: 'end',
      },
    ]),
    {
      kind: 'text',
      text: axis.label,
      x: labelAt,
      y: height / 2,
      size: LETTERS,
      ink: 'text',
      anchor: 'middle',
      turn: -90,
    },
  ];
}
