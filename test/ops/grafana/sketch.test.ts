import { describe, expect, it } from 'vitest';
import { drawPanel, type NamedSeries } from '../../../ops/grafana/sketch/draw-panel.js';
import type { PlainPanel } from '../../../ops/grafana/sketch/plain-dashboard.js';
import { shorten, text } from '../../../ops/grafana/sketch/svg.js';
import { format } from '../../../ops/grafana/sketch/units.js';

/** The pieces that a sketch of a dashboard is made of. */

const SPAN = { from: 0, to: 100, step: 10 };
const BOX = { x: 0, y: 0, width: 400, height: 200 };

function panelOf(
  type: string,
  defaults: NonNullable<PlainPanel['fieldConfig']>['defaults'] = {},
): PlainPanel {
  return { type, title: 't', gridPos: { x: 0, y: 0, w: 12, h: 8 }, fieldConfig: { defaults } };
}

const seriesOf = (name: string, ...values: readonly number[]): NamedSeries => ({
  name,
  labels: {},
  points: values.map((value, i) => [(100 * i) / Math.max(values.length - 1, 1), value] as const),
});

describe('a value', () => {
  it.each([
    [0.9995, 'percentunit', '100.0 %'],
    [0.5, 'percent', '1 %'],
    [0, 's', '0 s'],
    [0.000_02, 's', '20 µs'],
    [0.0125, 's', '12.5 ms'],
    [90, 's', '90.0 s'],
    [5400, 's', '90.0 min'],
    [36_000, 's', '10.0 h'],
    [1536, 'bytes', '1.5 KiB'],
    [2.5e6, 'Bps', '2.5 MB/s'],
    [0, 'bytes', '0 B'],
    [61.4, 'celsius', '61 °C'],
    [243.1, 'watt', '243 W'],
    [12_345, 'short', '12.3 K'],
    [7, 'none', '7'],
    [0.12345, 'short', '0.123'],
  ])('%d in %s is written %s', (value, unit, expected) => {
    expect(format(value, unit)).toBe(expected);
  });
});

describe('words', () => {
  it('are made harmless, and cut where they do not fit', () => {
    expect(text('<b> & "c"', 1, 2)).toContain('>&lt;b> &amp; &quot;c&quot;<');
    expect(shorten('a school bus', 1000)).toBe('a school bus');
    expect(shorten('a school bus', 40)).toMatch(/^a s.*…$/);
  });
});

describe('a panel', () => {
  it('without data says so', () => {
    for (const type of ['stat', 'timeseries', 'heatmap', 'bargauge']) {
      expect(drawPanel(panelOf(type), [], SPAN, BOX)).toContain('No data');
    }
  });

  it('of one figure shows the last value, in the colour of its step', () => {
    const steps = [
      { value: null, color: 'green' },
      { value: 10, color: 'red' },
    ];
    const panel = panelOf('stat', { unit: 'none', thresholds: { steps } });
    expect(drawPanel(panel, [seriesOf('a', 50, 9)], SPAN, BOX)).toMatch(/#73bf69.*>9</);
    expect(drawPanel(panel, [seriesOf('a', 0, 10)], SPAN, BOX)).toMatch(/#f2495c.*>10</);
  });

  it('of several states shows the one that is there now', () => {
    const panel: PlainPanel = { ...panelOf('stat'), options: { textMode: 'name' } };
    const before = { ...seriesOf('paused', 1), points: [[10, 1]] as const };
    expect(drawPanel(panel, [before, seriesOf('running', 1, 1)], SPAN, BOX)).toContain('>running<');
  });

  it('of lines goes from its left to its right end, the greatest value on top', () => {
    const drawn = drawPanel(panelOf('timeseries', { min: 0, max: 1 }), [seriesOf('a', 0, 1)], SPAN, BOX);
    // The plot lies inside of its labels: x from 62 to 388, y from 6 to 160.
    expect(drawn).toContain('points="62.0,160.0 388.0,6.0"');
    expect(drawn).toContain('>a<');
  });

  it('of bars has one a series, as long as its value', () => {
    const drawn = drawPanel(
      panelOf('bargauge', { max: 1 }),
      [seriesOf('a', 1), seriesOf('b', 0.5)],
      SPAN,
      BOX,
    );
    const widths = [...drawn.matchAll(/width="([\d.]+)" height="[\d.]+" fill="#73bf69"/g)].map(
      ([, width]) => width,
    );
    expect(widths.map((width) => Math.round(Number(width)))).toEqual([224, 112]);
  });

  it('of a heat map has a cell for each moment and band that a series was in', () => {
    const drawn = drawPanel(panelOf('heatmap'), [seriesOf('a', 0, 1), seriesOf('b', 0, 0)], SPAN, BOX);
    // Both begin in the lowest band; in the end they are in two.
    expect(drawn.match(/fill="#ff9830"/g)).toHaveLength(3);
  });
});
