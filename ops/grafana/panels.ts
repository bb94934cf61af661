import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  HeatmapCalculationBucketConfigBuilder,
  HeatmapCalculationMode,
  HeatmapCalculationOptionsBuilder,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  type DataSourceRef,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Heatmap } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Timeseries } from '@grafana/grafana-foundation-sdk/timeseries';

/** The kinds of panels that the dashboards have; what they share is decided here, once. */

/** Chosen at the top of each dashboard: no panel names a server. */
export const SOURCE: DataSourceRef = { type: 'prometheus', uid: `\${datasource}` };

export interface Query {
  /** PromQL. */
  readonly expr: string;
  /** The name of a series, with its labels as `{{label}}`. */
  readonly legend: string;
}

interface PanelText {
  /** A question, or a quantity with its unit. */
  readonly title: string;
  /** What it shows, and what good looks like. */
  readonly description: string;
  /** One of Grafana's: short, percentunit, s, bytes, … */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Of 24. */
  readonly width: number;
}

/** A colour from a value on: the first has none. */
export type Step = readonly [from: number | null, color: 'red' | 'orange' | 'green' | 'blue'];

const GREEN: readonly Step[] = [[null, 'green']];

export function lines(
  text: PanelText & { readonly max?: number; readonly stacked?: boolean },
): Builder<Panel> {
  const panel = new Timeseries()
    .title(text.title)
    .description(text.description)
    .datasource(SOURCE)
    .unit(text.unit)
    .min(0)
    .span(text.width)
    .height(8)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(8)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .targets(text.queries.map(rangeQuery));
  return text.max === undefined ? panel : panel.max(text.max);
}

export function stat(
  text: PanelText & {
    readonly steps?: readonly Step[];
    /** Shows the name of the series, not its value. */
    readonly named?: boolean;
    readonly decimals?: number;
    /** In rows of the grid. */
    readonly height?: number;
  },
): Builder<Panel> {
  const { steps = GREEN, named = false, decimals, height = 4 } = text;
  const panel = new Stat()
    .title(text.title)
    .description(text.description)
    .datasource(SOURCE)
    .unit(text.unit)
    .span(text.width)
    .height(height)
    .graphMode(named ? BigValueGraphMode.None : BigValueGraphMode.Area)
    .textMode(named ? BigValueTextMode.Name : BigValueTextMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(thresholds(steps))
    .targets(text.queries.map(rangeQuery));
  return decimals === undefined ? panel : panel.decimals(decimals);
}

/** A bar for each series, as it is now. */
export function bars(
  text: PanelText & { readonly max: number; readonly steps: readonly Step[]; readonly link?: string },
): Builder<Panel> {
  const panel = new BarGauge()
    .title(text.title)
    .description(text.description)
    .datasource(SOURCE)
    .unit(text.unit)
    .min(0)
    .max(text.max)
    .span(text.width)
    .height(14)
    .displayMode(BarGaugeDisplayMode.Basic)
    .orientation(VizOrientation.Horizontal)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(thresholds(text.steps))
    .targets(text.queries.map((query, i) => rangeQuery(query, i).instant()));
  if (text.link === undefined) return panel;
  return panel.dataLinks([new DashboardLinkBuilder('Open in the gallery').url(text.link).targetBlank(true)]);
}

/** How many series have which value, over time. */
export function heat(text: PanelText & { readonly buckets: number; readonly max: number }): Builder<Panel> {
  const buckets = new HeatmapCalculationBucketConfigBuilder()
    .mode(HeatmapCalculationMode.Size)
    .value(`${text.max / text.buckets}`);
  return new Heatmap()
    .title(text.title)
    .description(text.description)
    .datasource(SOURCE)
    .unit(text.unit)
    .span(text.width)
    .height(8)
    .calculate(true)
    .calculation(new HeatmapCalculationOptionsBuilder().yBuckets(buckets))
    .targets(text.queries.map(rangeQuery));
}

function rangeQuery({ expr, legend }: Query, i: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + i))
    .datasource(SOURCE)
    .expr(expr)
    .legendFormat(legend)
    .range();
}

function thresholds(steps: readonly Step[]): ThresholdsConfigBuilder {
  const list: Threshold[] = steps.map(([value, color]) => ({ value, color }));
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(list);
}
