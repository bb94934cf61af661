import type { CurvePoint } from '../views.js';

/** Points of one curve that the page keeps: more than a screen has columns for. */
export const MOST_POINTS = 800;

/**
 * A curve with one more point. Points of the same evaluation are replaced, and where they are too many every second one
 * of the older half goes, so that a night's curve is finest at its end.
 */
export function extended(
  points: readonly CurvePoint[],
  point: CurvePoint,
  most = MOST_POINTS,
): readonly CurvePoint[] {
  const last = points.at(-1);
  if (last !== undefined && point.evaluation < last.evaluation) return points;
  const before = last?.evaluation === point.evaluation ? points.slice(0, -1) : points;
  const all = [...before, point];
  if (all.length <= most) return all;
  const half = all.length >> 1;
  return all.filter((_, i) => i >= half || i % 2 === 0);
}
