import type { Line } from './chart.js';

/** What a chart's lines are, and their values at one place. */
export function ChartLegend({
  lines,
  place,
  values,
}: {
  lines: readonly Line[];
  /** Of the x axis. */
  place: string;
  /** One a line; '' for none. */
  values: readonly string[];
}) {
  return (
    <p class="chart-legend" aria-hidden="true">
      {lines.map(({ label, colour }, i) => (
        <span key={label} data-colour={colour}>
          {label} <b>{values[i]}</b>
        </span>
      ))}
      <span class="at">{place}</span>
    </p>
  );
}
