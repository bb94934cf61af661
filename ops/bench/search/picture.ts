import { type ArmSummary, MEASURE_NAMES, type Measure, type Spread } from './summary.js';

/** Of one panel, in pixels. */
const PANEL = { width: 420, height: 260 } as const;
/** Around the lines of a panel: for its title, and the numbers of its axes. */
const MARGIN = { left: 52, right: 12, top: 34, bottom: 38 } as const;
const LEGEND_ROW = 20;
const COLUMNS = 2;

/** Distinct, also to most who see fewer colours (Okabe and Ito 2008); more arms begin anew, dashed. */
const INKS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'] as const;

const FONT = 'font-family="Helvetica, Arial, sans-serif"';

/**
 * The curves of all arms as an SVG: a panel a measure, over cost; each arm's mean over its seeds as a line, from the least
 * to the greatest seed as a band.
 */
export function searchPicture(title: string, arms: readonly ArmSummary[]): string {
  const rows = Math.ceil(MEASURE_NAMES.length / COLUMNS);
  const [width, top] = [COLUMNS * PANEL.width, 44];
  const legend = top + rows * PANEL.height;
  const height = legend + LEGEND_ROW * Math.ceil(arms.length / COLUMNS) + 16;
  const panels = MEASURE_NAMES.map((measure, i) => {
    const [x, y] = [(i % COLUMNS) * PANEL.width, top + Math.floor(i / COLUMNS) * PANEL.height];
    return `<g transform="translate(${x} ${y})">${panel(measure, arms)}</g>`;
  });
  const names = arms.map(({ arm }, i) => {
    const [x, y] = [
      (i % COLUMNS) * PANEL.width + MARGIN.left,
      legend + LEGEND_ROW * Math.floor(i / COLUMNS) + 12,
    ];
    return `<path d="M${x} ${y - 4}h26" ${strokeOf(i)} fill="none"/><text x="${x + 34}" y="${y}" font-size="13">${escaped(arm)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${FONT} fill="#222">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${MARGIN.left}" y="28" font-size="17">${escaped(title)}</text>`,
    ...panels,
    ...names,
    '</svg>\n',
  ].join('\n');
}

function panel(measure: Measure, arms: readonly ArmSummary[]): string {
  const most = Math.max(0, ...arms.flatMap(({ curves }) => curves[measure].map(({ greatest }) => greatest)));
  const high = niceAbove(most);
  const last = Math.max(1, ...arms.map(({ costs }) => costs.at(-1) ?? 0));
  const inner = {
    width: PANEL.width - MARGIN.left - MARGIN.right,
    height: PANEL.height - MARGIN.top - MARGIN.bottom,
  };
  const x = (cost: number) => round(MARGIN.left + (cost / last) * inner.width);
  const y = (value: number) => round(MARGIN.top + (1 - value / high) * inner.height);
  const lines = arms.map(({ costs, curves }, i) => {
    const at = (read: (spread: Spread) => number) =>
      curves[measure].map((spread, k) => `${x(costs[k] ?? 0)} ${y(read(spread))}`);
    const band = [...at(({ greatest }) => greatest), ...at(({ least }) => least).toReversed()];
    return `<path d="M${band.join('L')}Z" fill="${inkOf(i)}" fill-opacity=".13"/><path d="M${at(({ mean }) => mean).join('L')}" ${strokeOf(i)} fill="none"/>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const across = ticks.map((part) => {
    const value = part * high;
    return `<path d="M${MARGIN.left} ${y(value)}h${inner.width}" stroke="#ddd"/><text x="${MARGIN.left - 6}" y="${y(value) + 4}" font-size="11" text-anchor="end">${shortNumber(value)}</text>`;
  });
  const along = ticks.map((part) => {
    const cost = part * last;
    return `<text x="${x(cost)}" y="${PANEL.height - MARGIN.bottom + 15}" font-size="11" text-anchor="middle">${shortNumber(cost)}</text>`;
  });
  const middle = MARGIN.left + inner.width / 2;
  return [
    `<text x="${MARGIN.left}" y="22" font-size="13">${escaped(measure)}</text>`,
    ...across,
    ...along,
    `<text x="${middle}" y="${PANEL.height - 8}" font-size="11" text-anchor="middle">forward passes</text>`,
    ...lines,
  ].join('\n');
}

const inkOf = (i: number) => INKS[i % INKS.length] ?? '#000';

function strokeOf(i: number): string {
  return `stroke="${inkOf(i)}" stroke-width="2"${i >= INKS.length ? ' stroke-dasharray="5 3"' : ''}`;
}

/** The least of 1, 2, 4, 5, 8 or 10 times a power of ten that is no less: four parts of it are short numbers. */
function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const times = [1, 2, 4, 5, 8, 10].find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return times * power;
}

function shortNumber(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString('en-US');
}

const round = (value: number) => Math.round(10 * value) / 10;

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
