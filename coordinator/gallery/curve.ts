import { summarise, type Threshold } from '../../protocol/archive/summary.js';
import type { Spent } from '../../protocol/wire/totals.js';
import type { Progress } from '../store/past.js';

/** How full an archive was, and how certain the network, after a number of evaluations of the whole run. */
export interface CurvePoint {
  readonly evaluation: number;
  /** Forward passes of the whole run when the archive was first like this; of the last point, those so far. */
  readonly cost: number;
  /** Share of cells filled, 0 … 1. */
  readonly coverage: number;
  /** Over all classes; an empty cell counts 0. */
  readonly median: number;
  readonly mean: number;
  /** Classes at or above each confidence. */
  readonly above: Readonly<Record<Threshold, number>>;
}

/** A whole run in few points, however many jumps it has. Pure. */
export interface Curve {
  /** Takes the next jump, in the order of merging. */
  add(jump: Progress): void;
  /** At most as many as were asked for, ascending; the last is how things stand now, after all that was `spent`. */
  points(spent: Spent): CurvePoint[];
}

/**
 * A curve of at most `most` points (at least 4). Evaluations are cut into stretches of equal length, which doubles when
 * there are too many of them; a point is what the archive was at the end of its stretch. Stretches without a jump have
 * none. `expected`: evaluations that the run is known to have, so that it need not be found by doubling.
 */
export function createCurve(classes: number, most: number, expected = 0): Curve {
  const confidences = new Float32Array(classes);
  const isFilled = new Uint8Array(classes);
  let filled = 0;
  /** Evaluations. */
  let stretch = 1;
  while (expected > stretch * (most - 2)) stretch *= 2;
  let closed: CurvePoint[] = [];
  /** The last evaluation of the stretch that jumps fall into now; 0: there was no jump yet. */
  let end = 0;
  /** Of the jumps so far. */
  let spent = 0;

  function pointAt(evaluation: number, cost: number): CurvePoint {
    const { coverage, median, mean, above } = summarise(confidences, filled);
    return { evaluation, cost, coverage, median, mean, above };
  }

  const endOf = (evaluation: number): number => stretch * Math.max(1, Math.ceil(evaluation / stretch));

  /** Of two stretches that become one, the later one's end is its end. */
  function double(): void {
    stretch *= 2;
    const ends = new Map(closed.map((point) => [endOf(point.evaluation), point]));
    closed = [...ends].map(([evaluation, point]) => ({ ...point, evaluation }));
  }

  return {
    add({ classId, confidence, evaluation, cost }) {
      // Islands count on their own, so that evaluations of the run may go back a little: a stretch that is over stays so.
      if (end > 0 && evaluation > end) {
        closed.push(pointAt(end, spent));
        while (closed.length > most - 2) double();
      }
      end = Math.max(end, endOf(evaluation));
      // A stretch that was closed and then joined to that of this jump is open again.
      if (closed.at(-1)?.evaluation === end) closed.pop();
      spent = Math.max(spent, cost);
      confidences[classId] = confidence;
      if (isFilled[classId] === 0) filled++;
      isFilled[classId] = 1;
    },
    points({ evaluations, cost }) {
      if (end === 0) return evaluations > 0 ? [pointAt(evaluations, cost)] : [];
      const last = Math.max(closed.at(-1)?.evaluation ?? 0, Math.min(end, evaluations));
      const now = Math.max(last, evaluations);
      // Where nothing was found for long, the curve says when the last thing was.
      return [...closed, ...(now > end ? [pointAt(end, spent)] : []), pointAt(now, Math.max(spent, cost))];
    },
  };
}
