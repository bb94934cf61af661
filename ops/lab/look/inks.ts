/** The colours of figures on paper, by their part. On pages the same names are CSS variables of two themes. */
export const PAPER_INKS = {
  ground: '#ffffff',
  text: '#17191b',
  quiet: '#565d63',
  line: '#dcdcd6',
  accent: '#0a6b62',
  warm: '#b3720a',
  bad: '#a3271a',
  'series-0': '#0a6b62',
  'series-1': '#b3720a',
  'series-2': '#3b5fa8',
  'series-3': '#a3271a',
  'series-4': '#7a4a9e',
  'series-5': '#4f7a1f',
} as const;
export type InkName = keyof typeof PAPER_INKS;

/** The same on a dark page. */
export const NIGHT_INKS = {
  ground: '#181b1e',
  text: '#eef0f1',
  quiet: '#a4acb4',
  line: '#2a2f34',
  accent: '#5fd4c3',
  warm: '#f2c879',
  bad: '#ff9a8b',
  'series-0': '#5fd4c3',
  'series-1': '#f2c879',
  'series-2': '#8fb1f5',
  'series-3': '#ff9a8b',
  'series-4': '#c9a2ea',
  'series-5': '#a9d36d',
} as const satisfies Record<InkName, string>;

const SERIES = ['series-0', 'series-1', 'series-2', 'series-3', 'series-4', 'series-5'] as const;

/** So many series have inks of their own. */
export const INKS_TOLD_APART = SERIES.length;

/** The ink of the i-th of several things that are told apart; after six they come again. */
export function seriesInk(i: number): InkName {
  return SERIES[i % SERIES.length] ?? 'series-0';
}
