import sharp from 'sharp';
import { drawPanel, type NamedSeries } from './draw-panel.js';
import { type Choices, interpolate, type PlainDashboard, type PlainPanel } from './plain-dashboard.js';
import { queryAt, queryRange, type Series, type Span } from './prometheus.js';
import { type Box, FAINT, page, rectangle, shorten, text } from './svg.js';

/**
 * A sketch of a dashboard, without Grafana: its panels where its file puts them, with what Prometheus has. It shows what
 * a person would see, not how Grafana would draw it.
 */

const WIDTH = 1440;
const COLUMN = WIDTH / 24;
const ROW = 34;
const HEADER = 48;

/** A PNG of the dashboard. Rejects with an Error when a query makes no sense to the server at `url`. */
export async function sketch(
  dashboard: PlainDashboard,
  { url, choices, span }: { readonly url: string; readonly choices: Choices; readonly span: Span },
): Promise<Buffer> {
  const drawn: string[] = [];
  for (const panel of dashboard.panels) {
    drawn.push(drawFramed(panel, await seriesOf(panel, { url, choices, span }), span));
  }
  const bottom = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => y + h));
  const title = text(dashboard.title, 16, 31, { size: 20, bold: true });
  const note = text('sketch', WIDTH - 16, 31, { fill: FAINT, anchor: 'end' });
  const svg = page(WIDTH, HEADER + bottom * ROW + 8, [title, note, ...drawn].join(''));
  return sharp(Buffer.from(svg)).png({ compressionLevel: 9, palette: true }).toBuffer();
}

/** What a panel's queries find, in their order. */
export async function seriesOf(
  { targets = [] }: PlainPanel,
  { url, choices, span }: { readonly url: string; readonly choices: Choices; readonly span: Span },
): Promise<NamedSeries[]> {
  const found: NamedSeries[] = [];
  for (const { expr, legendFormat, instant = false } of targets) {
    const query = interpolate(expr, choices);
    const series = await (instant ? queryAt(url, query, span.to) : queryRange(url, query, span));
    found.push(...series.map((one) => ({ ...one, name: nameOf(one, legendFormat) })));
  }
  return found;
}

function nameOf({ labels }: Series, legend: string): string {
  return legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '');
}

function drawFramed(panel: PlainPanel, series: readonly NamedSeries[], span: Span): string {
  const { x, y, w, h } = panel.gridPos;
  const outer = { x: x * COLUMN, y: HEADER + y * ROW, width: w * COLUMN, height: h * ROW };
  if (panel.type === 'row') return text(panel.title, outer.x + 16, outer.y + 22, { size: 14, bold: true });
  const frame: Box = { x: outer.x + 4, y: outer.y + 4, width: outer.width - 8, height: outer.height - 8 };
  const inner = { x: frame.x + 8, y: frame.y + 30, width: frame.width - 16, height: frame.height - 36 };
  return [
    rectangle(frame, '#181b1f'),
    text(shorten(panel.title, frame.width - 20, 13), frame.x + 10, frame.y + 20, { size: 13 }),
    drawPanel(panel, series, span, inner),
  ].join('');
}
