import { beside, stacked } from '../../lab/figures/compose.js';
import { type LegendEntry, legend } from '../../lab/figures/legend.js';
import { type Mark, plot } from '../../lab/figures/plot.js';
import type { Figure } from '../../lab/figures/shape.js';
import { PAPER, toSvg } from '../../lab/figures/svg.js';
import { INKS_TOLD_APART, seriesInk } from '../../lab/look/inks.js';
import { type ArmSummary, MEASURE_NAMES, type Measure } from './summary.js';

const PANEL = { width: 470, height: 300 } as const;
const COLUMNS = 2;
const WIDTH = COLUMNS * PANEL.width + 12;

/**
 * The curves of all arms as an SVG: a panel a measure, over cost; each arm's mean over its seeds as a line, from the least to the
 * greatest seed as a band. The names of the arms, which may be long, stand below all panels.
 */
export function searchPicture(title: string, arms: readonly ArmSummary[]): string {
  const heading: Figure = {
    ...{ width: WIDTH, height: 30, says: title },
    shapes: [{ kind: 'text', text: title, x: 12, y: 24, size: 17, ink: 'text' }],
  };
  const panels = MEASURE_NAMES.map((measure) => panel(measure, arms));
  const names = arms.map(
    ({ arm }, i): LegendEntry => ({ label: arm, ink: seriesInk(i), shape: isAgain(i) ? 'dashes' : 'line' }),
  );
  const entries = legend(names, WIDTH - 24);
  const indented = { ...entries, shapes: [{ kind: 'group', x: 12, y: 0, shapes: entries.shapes } as const] };
  return `${toSvg(stacked([heading, beside(panels, COLUMNS), indented]), PAPER)}\n`;
}

function panel(measure: Measure, arms: readonly ArmSummary[]): Figure {
  const most = Math.max(0, ...arms.flatMap(({ curves }) => curves[measure].map(({ greatest }) => greatest)));
  const last = Math.max(1, ...arms.map(({ costs }) => costs.at(-1) ?? 0));
  const bands = arms.map(
    ({ costs, curves }, i): Mark => ({
      kind: 'band',
      points: curves[measure].map(({ least, greatest }, at) => [costs[at] ?? 0, least, greatest]),
      ink: seriesInk(i),
    }),
  );
  const lines = arms.map(
    ({ costs, curves }, i): Mark => ({
      kind: 'line',
      points: curves[measure].map(({ mean }, at) => [costs[at] ?? 0, mean]),
      ink: seriesInk(i),
      dashed: isAgain(i),
    }),
  );
  return plot({
    ...PANEL,
    title: measure,
    x: { label: 'forward passes', domain: [0, last] },
    y: { label: measure, domain: [0, niceAbove(most)] },
    // Lines over all bands: none is hidden.
    marks: [...bands, ...lines],
  });
}

/** Whether an arm has the ink of one before it. */
function isAgain(arm: number): boolean {
  return arm >= INKS_TOLD_APART;
}

/** The least of 1, 2, 4, 5, 8 or 10 times a power of ten that is no less. */
function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const times = [1, 2, 4, 5, 8, 10].find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return times * power;
}
