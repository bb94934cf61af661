/** How the weights of a genome are led uphill. */
export interface WeightSettings {
  /** Pictures that are looked at, at the most, less one. */
  readonly steps: number;
  /** Step size of Adam, in units of a genome's parameters. */
  readonly rate: number;
  /** The picture is shown shifted by up to so many pixels, another shift each step; 0: as it is. */
  readonly jitter: number;
  /** Random genomes that are looked at first: the ascent begins at the best of them. */
  readonly starts: number;
  /** Steps in a row that gain nothing, after which mutated children of the best genome are looked at, and the best of them is led on. */
  readonly patience: number;
  readonly children: number;
}

/** Of genomes of one shape, whose weights alone can draw anything that they ever draw. */
const FIXED: WeightSettings = { steps: 1500, rate: 0.02, jitter: 0, starts: 1, patience: 200, children: 1 };

/** Of graphs, which begin tiny and grow by mutation alone. */
const GROWING: WeightSettings = {
  steps: 1500,
  rate: 0.05,
  jitter: 0,
  starts: 60,
  patience: 8,
  children: 8,
};

/** Presets of an ascent that lead weights too: the others are about pixels. */
export const WEIGHT_PRESETS = ['free', 'jitter'] as const;
export type WeightPreset = (typeof WEIGHT_PRESETS)[number];

/** @param grows whether genomes grow, or all have one shape */
export function weightSettings(preset: WeightPreset, grows: boolean): WeightSettings {
  return { ...(grows ? GROWING : FIXED), jitter: preset === 'jitter' ? 8 : 0 };
}
