import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { ChartLegend } from './chart-legend.js';
import { chartOptions } from './chart-options.js';
import { ninesOf } from './nines.js';

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
  /** x, then one array a line, of shares 0 … 1. */
  readonly data: readonly (readonly (number | null)[])[];
  /** CSS pixels at a font size of 16. */
  readonly height: number;
  readonly xLabel: (x: number) => string;
  readonly yLabel: (y: number) => string;
  readonly onPick?: (index: number) => void;
}

/** From there on the first line is told in nines, unless somebody wants it otherwise. */
const NEARLY_SURE = 0.99;

export function Chart(props: ChartProps) {
  const { summary, lines, data, xLabel, yLabel } = props;
  /** Where the pointer is; undefined: at the end. */
  const [at, setAt] = useState<number | undefined>(undefined);
  const [chosen, choose] = useState<boolean | undefined>(undefined);
  const [xs = [], ...ys] = data;
  const nines = chosen ?? (ys[0]?.at(-1) ?? 0) >= NEARLY_SURE;
  const place = usePlot(props, nines, setAt);
  const shown = at ?? xs.length - 1;
  const x = xs[shown];
  return (
    <div class="chart">
      <div class="chart-head">
        <ChartLegend
          lines={lines}
          place={x == null ? '' : `at ${xLabel(x)}`}
          values={ys.map((each) => (each[shown] == null ? '' : yLabel(each[shown])))}
        />
        <button
          class="scale-button"
          type="button"
          aria-pressed={nines}
          title="As far from .9 to .99 as from 0 to .9"
          onClick={() => choose(!nines)}
        >
          Nines
        </button>
      </div>
      <div class="plot" ref={place} role="img" aria-label={summary} />
    </div>
  );
}

/** Keeps a plot in an element; the chart's data and callbacks are those of the latest rendering. */
function usePlot(props: ChartProps, nines: boolean, onMove: (index: number | undefined) => void) {
  const { lines, height, data } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const root = place.current;
    if (root === null) return;
    const size = () => ({ width: root.clientWidth, height: (height * rem()) / 16 });
    const build = () => {
      plot.current?.destroy();
      const { xLabel } = latest.current;
      const options = chartOptions({ lines, xLabel, nines, onMove, rem: rem(), ...size() });
      plot.current = new uPlot(options, dataOf(latest.current.data, nines), root);
    };
    build();
    const observer = new ResizeObserver(() => plot.current?.setSize(size()));
    observer.observe(root);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', build);
    const pick = () => {
      const index = plot.current?.cursor.idx;
      if (index != null) latest.current.onPick?.(index);
    };
    root.addEventListener('click', pick);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', build);
      root.removeEventListener('click', pick);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [lines, height, nines]);

  useEffect(() => plot.current?.setData(dataOf(data, nines)), [data]);
  return place;
}

const rem = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

function dataOf([xs = [], ...ys]: ChartProps['data'], nines: boolean): uPlot.AlignedData {
  const scaled = nines ? ys.map((each) => each.map((y) => (y === null ? null : ninesOf(y)))) : ys;
  // uPlot only reads them; of the first, none is null.
  return [xs, ...scaled] as unknown as uPlot.AlignedData;
}
