import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { ChartLegend } from './chart-legend.js';

/** A line chart as wide as its place; the wrapper of uPlot that all charts of the page share. */

export interface Line {
  readonly label: string;
  /** A colour of the theme, without its dashes. */
  readonly colour: 'accent' | 'quiet' | 'warm';
  readonly filled?: boolean;
  /** The value stays until the next one. */
  readonly stepped?: boolean;
  /** Values by which points are marked; null: none there. */
  readonly points?: boolean;
}

export interface ChartProps {
  /** What the chart says, for those who do not see it. */
  readonly summary: string;
  readonly lines: readonly Line[];
  /** x, then one array a line. */
  readonly data: readonly (readonly (number | null)[])[];
  readonly height: number;
  readonly xLabel: (x: number) => string;
  readonly yLabel: (y: number) => string;
  readonly onPick?: (index: number) => void;
}

export function Chart({ summary, lines, data, height, xLabel, yLabel, onPick }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  /** Where the pointer is; undefined: at the end. */
  const [at, setAt] = useState<number | undefined>(undefined);

  useEffect(() => {
    const root = place.current;
    if (root === null) return;
    const build = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf({ lines, xLabel, onMove: setAt }, root.clientWidth, (height * rem()) / 16),
        dataOf(data),
        root,
      );
    };
    build();
    const observer = new ResizeObserver(() => {
      plot.current?.setSize({ width: root.clientWidth, height: (height * rem()) / 16 });
    });
    observer.observe(root);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', build);
    const pick = () => {
      const index = plot.current?.cursor.idx;
      if (index != null) onPick?.(index);
    };
    root.addEventListener('click', pick);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', build);
      root.removeEventListener('click', pick);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [lines, height]);

  useEffect(() => plot.current?.setData(dataOf(data)), [data]);

  const [xs = [], ...ys] = data;
  const shown = at ?? xs.length - 1;
  const x = xs[shown];
  return (
    <div class="chart">
      <ChartLegend
        lines={lines}
        place={x == null ? '' : `at ${xLabel(x)}`}
        values={ys.map((each) => (each[shown] == null ? '' : yLabel(each[shown])))}
      />
      <div class="plot" ref={place} role="img" aria-label={summary} />
    </div>
  );
}

const rem = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

/** uPlot only reads them. */
const dataOf = (data: ChartProps['data']) => data as uPlot.AlignedData;

function optionsOf(
  {
    lines,
    xLabel,
    onMove,
  }: Pick<ChartProps, 'lines' | 'xLabel'> & { onMove: (index: number | undefined) => void },
  width: number,
  height: number,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const size = (rem() / 16) * 11;
  const axis = {
    stroke: colour('quiet'),
    font: `${size}px ${getComputedStyle(document.body).fontFamily}`,
    ticks: { show: false },
    border: { show: false },
  };
  const grid = { stroke: colour('line'), width: 1 };
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  return {
    width,
    height,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    hooks: { setCursor: [({ cursor }) => onMove(cursor.idx ?? undefined)] },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    scales: { x: { time: false }, y: { range: [0, 1] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: size * 2,
        gap: 4,
        space: 70,
        values: (_, ticks) => ticks.map(xLabel),
      },
      {
        ...axis,
        grid,
        size: size * 3.2,
        gap: 4,
        splits: () => [0, 0.25, 0.5, 0.75, 1],
        values: (_, ticks) => ticks.map((tick) => `${tick}`.replace(/^0\./, '.')),
      },
    ],
    series: [
      {},
      ...lines.map(
        (line): uPlot.Series => ({
          label: line.label,
          stroke: colour(line.colour),
          width: line.colour === 'quiet' ? 1 : 1.75,
          ...(line.filled && { fill: `${colour(line.colour)}22` }),
          ...(line.stepped && stepped && { paths: stepped }),
          ...(line.points
            ? {
                paths: () => null,
                points: { show: true, size: 7, fill: colour(line.colour), stroke: colour('ground') },
              }
            : { points: { show: false } }),
        }),
      ),
    ],
  };
}
