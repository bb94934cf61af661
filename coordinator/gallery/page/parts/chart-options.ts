import uPlot from 'uplot';
import type { Line } from './chart.js';
import { labelOfNines, MOST_NINES } from './nines.js';

/** What uPlot is told of a chart. */
export interface ChartWish {
  readonly lines: readonly Line[];
  readonly xLabel: (x: number) => string;
  /** The y axis counts nines. */
  readonly nines: boolean;
  /** The pointer is at that place of the data now; undefined: at none. */
  readonly onMove: (index: number | undefined) => void;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** CSS pixels of the page's font size. */
  readonly rem: number;
}

const QUARTERS = [0, 0.25, 0.5, 0.75, 1];
const NINES = Array.from({ length: MOST_NINES + 1 }, (_, i) => i);

export function chartOptions({ lines, xLabel, nines, onMove, width, height, rem }: ChartWish): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const size = (rem / 16) * 11;
  const axis = {
    stroke: colour('quiet'),
    font: `${size}px ${getComputedStyle(document.body).fontFamily}`,
    ticks: { show: false },
    border: { show: false },
    gap: 4,
  };
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const yLabel = (tick: number) => (nines ? labelOfNines(tick) : `${tick}`.replace(/^0\./, '.'));
  const series = lines.map(
    (line): uPlot.Series => ({
      label: line.label,
      stroke: colour(line.colour),
      width: (rem / 16) * (line.colour === 'quiet' ? 1 : 1.75),
      ...(line.filled && { fill: `${colour(line.colour)}22` }),
      ...(line.stepped && stepped && { paths: stepped }),
      ...(line.points
        ? {
            paths: () => null,
            points: { show: true, size: (rem / 16) * 7, fill: colour(line.colour), stroke: colour('ground') },
          }
        : { points: { show: false } }),
    }),
  );
  return {
    width,
    height,
    padding: [size * 0.75, rem, 0, 0],
    legend: { show: false },
    hooks: { setCursor: [({ cursor }) => onMove(cursor.idx ?? undefined)] },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    scales: { x: { time: false }, y: { range: [0, nines ? MOST_NINES : 1] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: size * 2,
        space: (rem / 16) * 70,
        values: (_, ticks) => ticks.map(xLabel),
      },
      {
        ...axis,
        grid: { stroke: colour('line'), width: 1 },
        size: size * (nines ? 4.4 : 3.2),
        splits: () => (nines ? NINES : QUARTERS),
        values: (_, ticks) => ticks.map(yLabel),
      },
    ],
    series: [{}, ...series],
  };
}
