import { clampLevel, type Planes } from '../pixels/planes.js';

/** How large a change of a picture is. `linf`: the greatest change of any level. `l2`: the root of the sum of squares. */
export type Norm = 'linf' | 'l2';

export interface ChangeSize {
  /** In levels, 0 … 255; divided by 255 as papers have it. */
  readonly linf: number;
  /** In levels; divided by 255 for pixels of 0 … 1. */
  readonly l2: number;
  /** Pixels any level of which changed. */
  readonly pixels: number;
}

export function sizeOfChange(from: Planes, to: Planes): ChangeSize {
  const count = from.width * from.height;
  const changed = new Set<number>();
  let [linf, squares] = [0, 0];
  for (let at = 0; at < from.levels.length; at++) {
    const change = Math.abs((to.levels[at] ?? 0) - (from.levels[at] ?? 0));
    if (change === 0) continue;
    changed.add(at % count);
    linf = Math.max(linf, change);
    squares += change * change;
  }
  return { linf, l2: Math.sqrt(squares), pixels: changed.size };
}

/** The nearest picture to `to` that is within `bound` of `from` and has levels of 0 … 255. */
export function within(from: Planes, to: Planes, norm: Norm, bound: number): Planes {
  const share =
    norm === 'l2' ? Math.min(1, bound / Math.max(sizeOfChange(from, to).l2, Number.MIN_VALUE)) : 1;
  const most = norm === 'linf' ? bound : Number.POSITIVE_INFINITY;
  const levels = to.levels.map((level, at) => {
    const start = from.levels[at] ?? 0;
    const change = Math.min(most, Math.max(-most, share * (level - start)));
    return clampLevel(start + change);
  });
  return { ...to, levels };
}

/** The same picture in whole levels, as a PNG has them. Changes below half a level are lost. */
export function whole(planes: Planes): Planes {
  return { ...planes, levels: planes.levels.map((level) => Math.round(level)) };
}
