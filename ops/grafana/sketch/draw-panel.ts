import type { PlainPanel } from './plain-dashboard.js';
import type { Series, Span } from './prometheus.js';
import { type Box, COLOR_OF, COLORS, FAINT, INK, line, rectangle, shorten, text } from './svg.js';
import { format } from './units.js';

/** A series with the name that its legend gives it. */
export interface NamedSeries extends Series {
  readonly name: string;
}

/** What is inside a panel's frame, as SVG. */
export function drawPanel(panel: PlainPanel, series: readonly NamedSeries[], span: Span, box: Box): string {
  if (series.length === 0) {
    return text('No data', box.x + box.width / 2, box.y + box.height / 2, { fill: FAINT, anchor: 'middle' });
  }
  switch (panel.type) {
    case 'stat':
      return drawStat(panel, series, box);
    case 'bargauge':
      return drawBars(panel, series, box);
    case 'heatmap':
      return drawHeat(series, span, box);
    default:
      return drawLines(panel, series, span, box);
  }
}

const latest = ({ points }: Series): number => points.at(-1)?.[1] ?? Number.NaN;

function colorAt(panel: PlainPanel, value: number): string {
  const steps = panel.fieldConfig?.defaults.thresholds?.steps ?? [];
  const step = steps.findLast(({ value: from }) => from === null || value >= from);
  return COLOR_OF[step?.color ?? 'green'] ?? INK;
}

function drawStat(panel: PlainPanel, series: readonly NamedSeries[], box: Box): string {
  const { unit, decimals } = panel.fieldConfig?.defaults ?? {};
  const named = panel.options?.textMode === 'name';
  // Of several states the one that is there now.
  const shown = series.toSorted((a, b) => (b.points.at(-1)?.[0] ?? 0) - (a.points.at(-1)?.[0] ?? 0))[0];
  if (shown === undefined) return '';
  const value = latest(shown);
  const words = named ? shown.name : format(value, unit, decimals);
  const size = Math.min(30, (1.5 * box.width) / Math.max(words.length, 1));
  return text(words, box.x + box.width / 2, box.y + box.height / 2 + size / 3, {
    size,
    fill: colorAt(panel, value),
    anchor: 'middle',
    bold: true,
  });
}

function drawBars(panel: PlainPanel, series: readonly NamedSeries[], box: Box): string {
  const { unit, max = 1 } = panel.fieldConfig?.defaults ?? {};
  const height = Math.min(box.height / series.length, 26);
  const left = box.x + 0.3 * box.width;
  const width = 0.56 * box.width;
  const rows = series.map((one, i) => {
    const value = latest(one);
    const y = box.y + i * height;
    const inside = { x: left, y: y + 2, height: height - 4 };
    return [
      text(shorten(one.name, 0.28 * box.width), left - 8, y + 0.68 * height, { anchor: 'end' }),
      rectangle({ ...inside, width }, '#22252b'),
      rectangle({ ...inside, width: (width * value) / max }, colorAt(panel, value)),
      text(format(value, unit), left + width + 8, y + 0.68 * height, { fill: colorAt(panel, value) }),
    ].join('');
  });
  return rows.join('');
}

const ROWS = 20;
const MOST_COLUMNS = 60;

function drawHeat(series: readonly NamedSeries[], { from, to, step }: Span, box: Box): string {
  const plot = { x: box.x + 44, y: box.y + 4, width: box.width - 54, height: box.height - 24 };
  // Never more than there are points, or some would be empty.
  const columns = Math.max(1, Math.min(MOST_COLUMNS, Math.floor((to - from) / step)));
  const counts = new Map<number, number>();
  for (const { points } of series) {
    // One value a column: the last.
    const values = new Map(points.map(([time, value]) => [columnOf(time, from, to, columns), value]));
    for (const [column, value] of values) {
      const cell = column * ROWS + Math.min(Math.floor(value * ROWS), ROWS - 1);
      counts.set(cell, (counts.get(cell) ?? 0) + 1);
    }
  }
  const cells = [...counts].map(([cell, count]) => {
    const [column, row] = [Math.floor(cell / ROWS), cell % ROWS];
    const width = plot.width / columns;
    const height = plot.height / ROWS;
    const place = { x: plot.x + column * width, y: plot.y + (ROWS - 1 - row) * height, width, height };
    return rectangle(place, '#ff9830', 0.1 + 0.9 * Math.sqrt(count / series.length));
  });
  const labels = [0, 0.5, 1].map((value) =>
    text(`${100 * value} %`, plot.x - 6, plot.y + plot.height * (1 - value) + 4, {
      size: 10,
      fill: FAINT,
      anchor: 'end',
    }),
  );
  return [...cells, ...labels, drawTimes({ from, to }, plot)].join('');
}

const columnOf = (time: number, from: number, to: number, columns: number): number =>
  Math.min(Math.floor((columns * (time - from)) / (to - from)), columns - 1);

function drawLines(panel: PlainPanel, series: readonly NamedSeries[], span: Span, box: Box): string {
  const { unit, min = 0, max } = panel.fieldConfig?.defaults ?? {};
  const plot = { x: box.x + 62, y: box.y + 6, width: box.width - 74, height: box.height - 46 };
  const values = series.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  const top = max ?? (Math.max(...values, min) > min ? 1.08 * Math.max(...values) : min + 1);
  const xOf = (time: number) => plot.x + (plot.width * (time - span.from)) / (span.to - span.from);
  const yOf = (value: number) => plot.y + plot.height * (1 - (value - min) / (top - min));
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const value = min + share * (top - min);
    const ends = [
      [plot.x, yOf(value)],
      [plot.x + plot.width, yOf(value)],
    ] as const;
    const label = { size: 10, fill: FAINT, anchor: 'end' } as const;
    return line(ends, '#2c3235', 1) + text(format(value, unit), plot.x - 6, yOf(value) + 4, label);
  });
  const drawn = series.map(({ points }, i) =>
    line(
      points.filter(([, value]) => Number.isFinite(value)).map(([time, value]) => [xOf(time), yOf(value)]),
      COLORS[i % COLORS.length] ?? INK,
    ),
  );
  return [...grid, ...drawn, drawTimes(span, plot), drawLegend(series, box)].join('');
}

function drawTimes({ from, to }: Pick<Span, 'from' | 'to'>, plot: Box): string {
  return [0, 0.5, 1]
    .map((share) => {
      const ago = (1 - share) * (to - from);
      const words = ago === 0 ? 'now' : `−${format(ago, 's')}`;
      const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
      const place = plot.x + share * plot.width;
      return text(words, place, plot.y + plot.height + 14, { size: 10, fill: FAINT, anchor });
    })
    .join('');
}

function drawLegend(series: readonly NamedSeries[], box: Box): string {
  const parts: string[] = [];
  let x = box.x + 8;
  for (const [i, { name }] of series.entries()) {
    const words = shorten(name || 'value', 0.4 * box.width, 11);
    const width = 22 + 7 * words.length;
    if (x + width > box.x + box.width) {
      parts.push(text('…', x, box.y + box.height - 6, { size: 11, fill: FAINT }));
      break;
    }
    const place = { x, y: box.y + box.height - 12, width: 10, height: 4 };
    parts.push(rectangle(place, COLORS[i % COLORS.length] ?? INK));
    parts.push(text(words, x + 14, box.y + box.height - 6, { size: 11, fill: FAINT }));
    x += width;
  }
  return parts.join('');
}
