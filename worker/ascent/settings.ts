/** How a picture is led uphill. */
export interface AscentSettings {
  /** Gradient steps at the most. */
  readonly steps: number;
  /** The gain in confidence that each step aims at, at the most: 0 … 1. */
  readonly early: number;
  /** … and at the most this share of what is missing to 1: near the top steps become small. */
  readonly late: number;
  /** The share of its distance from the mean that each level loses after a step: an L2 prior. 0 … 1. */
  readonly decay: number;
  /** Deviation of a Gaussian blur in pixels, after each `every`-th step; 0: none. */
  readonly blur: { readonly radius: number; readonly every: number };
  /**
   * After each step uphill comes one straight down total variation of exponent `exponent` (above 1, at the most 2; see
   * pixels/total-variation.ts), `share` times as long: 0 … 1. So it is as strong on any network.
   */
  readonly variation: { readonly share: number; readonly exponent: number };
  /** The picture is shown shifted by up to so many pixels, another shift each step; 0: as it is. */
  readonly jitter: number;
  readonly start: AscentStart;
}

/**
 * `mean`: the mean of photographs plus normal noise of one level. `noise`: normal noise of 32 levels. `pink`: the same,
 * with the spectrum of photographs. `photo`: a picture of the caller's.
 */
export const ASCENT_STARTS = ['mean', 'noise', 'pink', 'photo'] as const;
export type AscentStart = (typeof ASCENT_STARTS)[number];

const PLAIN: AscentSettings = {
  steps: 1500,
  early: 0.03,
  late: 0.02,
  decay: 0.01,
  blur: { radius: 0, every: 1 },
  variation: { share: 0, exponent: 2 },
  jitter: 0,
  start: 'mean',
};

/**
 * Settings by name. `paper` and `paper-blur` are those of the authors' released code (Nguyen et al., CVPR 2015: decay,
 * gain a step, late gain, and a light blur). The others add one prior each: `tv` is that of Mahendran and Vedaldi (CVPR 2015),
 * the others and `natural`, several together, are for pictures that people recognise (Yosinski et al., ICML workshop 2015).
 */
export const ASCENT_PRESETS = {
  paper: PLAIN,
  'paper-blur': { ...PLAIN, decay: 0.001, late: 0.05, blur: { radius: 0.5, every: 1 } },
  free: { ...PLAIN, decay: 0, late: 0.1 },
  decay: { ...PLAIN, decay: 0.03, late: 0.1 },
  blur: { ...PLAIN, decay: 0, late: 0.1, blur: { radius: 0.8, every: 1 } },
  tv: { ...PLAIN, decay: 0, late: 0.1, variation: { share: 0.5, exponent: 1.5 } },
  jitter: { ...PLAIN, decay: 0, late: 0.1, jitter: 8 },
  pink: { ...PLAIN, decay: 0, late: 0.1, start: 'pink' },
  natural: {
    ...PLAIN,
    decay: 0.001,
    late: 0.1,
    blur: { radius: 1, every: 4 },
    jitter: 8,
    start: 'pink',
  },
} as const satisfies Record<string, AscentSettings>;

export type AscentPreset = keyof typeof ASCENT_PRESETS;

/** Confidences that an ascent tells of when it reaches them first; the last one ends it (the authors' milestones). */
export const MILESTONES = [0.5, 0.9, 0.99, 0.999, 0.9999] as const;
