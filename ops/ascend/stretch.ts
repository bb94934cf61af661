import type { Pixels } from '../../protocol/drawing/drawer.js';
import { clampLevel } from '../../worker/pixels/planes.js';
import { median, quantile } from '../lab/statistics/quantile.js';

/** How far levels go from their median then, as a rule, of 255. */
const REACH = 112;
/** The share of levels that stay within it. */
const SHARE = 0.99;

/**
 * A picture with its contrast stretched: the distance of every level from its channel's median times one factor, 1 or more,
 * so that all but a hundredth of the levels stay within {@link REACH}. Flat pictures stay as they are.
 */
export function stretched(picture: Pixels): { readonly picture: Pixels; readonly factor: number } {
  const { channels, data } = picture;
  const centres = Array.from({ length: channels }, (_, c) =>
    median(Array.from(data.filter((_, at) => at % channels === c))),
  );
  const centreOf = (at: number) => centres[at % channels] ?? 0;
  const distances = Float64Array.from(data, (level, at) => Math.abs(level - centreOf(at))).sort();
  const reach = quantile(distances, SHARE);
  const factor = reach === 0 ? 1 : Math.max(1, REACH / reach);
  const levels = Uint8Array.from(data, (level, at) =>
    Math.round(clampLevel(centreOf(at) + factor * (level - centreOf(at)))),
  );
  return { picture: { ...picture, data: levels }, factor };
}
