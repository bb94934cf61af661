import type { CurvePoint } from '../../../coordinator/gallery/curve.js';
import { beside, stacked } from '../figures/compose.js';
import { ninesAxis, ninesOf } from '../figures/nines.js';
import { type Mark, plot } from '../figures/plot.js';
import type { Figure } from '../figures/shape.js';

/**
 * How the run came to what it holds: confidence, and classes that are solved, over evaluations; and, where an evaluation
 * was not one forward pass, over these too.
 */
export function curveFigure(points: readonly CurvePoint[], classes: number): Figure {
  const figure = panels(points, classes, 'evaluations', ({ evaluation }) => evaluation);
  const last = points.at(-1);
  if (last === undefined || last.cost === last.evaluation) return figure;
  return stacked([figure, panels(points, classes, 'forward passes', ({ cost }) => cost)]);
}

/** `at`: where a point lies, in the unit. */
function panels(
  points: readonly CurvePoint[],
  classes: number,
  unit: string,
  at: (point: CurvePoint) => number,
): Figure {
  const end = points.at(-1);
  const x = { label: unit, domain: [0, Math.max(1, end ? at(end) : 0)] as const };
  const series = (of: (point: CurvePoint) => number) => [
    [0, 0] as const,
    ...points.map((point) => [at(point), of(point)] as const),
  ];
  const line = (label: string, ink: Mark['ink'], of: (point: CurvePoint) => number): Mark => ({
    kind: 'line',
    points: series(of),
    ink,
    label,
    steps: true,
  });
  const share = (threshold: '0.5' | '0.9' | '0.99' | '0.999') => (point: CurvePoint) =>
    point.above[threshold] / classes;
  const whole = { domain: [0, 1] as const };
  // Where all is certain, 0 … 1 would show a line at the top.
  const isCertain = (points.at(-1)?.median ?? 0) >= 0.99;
  const shown = (value: number) => (isCertain ? ninesOf(value) : value);
  return beside([
    plot({
      width: 470,
      height: 340,
      title: 'Best confidence over all classes',
      x,
      y: isCertain ? ninesAxis('confidence') : { ...whole, label: 'confidence' },
      marks: [
        line('median', 'series-0', ({ median }) => shown(median)),
        line('mean', 'series-1', ({ mean }) => shown(mean)),
      ],
    }),
    plot({
      width: 470,
      height: 340,
      title: 'Share of the classes',
      x,
      y: { ...whole, label: 'share' },
      marks: [
        line('filled', 'quiet', ({ coverage }) => coverage),
        line('at .5', 'series-2', share('0.5')),
        line('at .9', 'series-1', share('0.9')),
        line('at .99', 'series-0', share('0.99')),
        line('at .999', 'series-3', share('0.999')),
      ],
    }),
  ]);
}
