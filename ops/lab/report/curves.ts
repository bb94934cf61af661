import type { CurvePoint } from '../../../coordinator/gallery/curve.js';
import { beside, stacked } from '../figures/compose.js';
import { ninesAxis, ninesOf } from '../figures/nines.js';
import { type Mark, plot } from '../figures/plot.js';
import type { Figure } from '../figures/shape.js';

/**
 * How the run came to what it holds: confidence, and classes that are solved, over evaluations; and, where an evaluation
 * was not one forward pass, over these too. `cost`: the forward passes of the whole run, which are spread over its evaluations evenly.
 */
export function curveFigure(points: readonly CurvePoint[], classes: number, cost: number): Figure {
  const evaluations = points.at(-1)?.evaluation ?? 0;
  const figure = panels(points, classes, 'evaluations', 1);
  if (cost === evaluations || evaluations === 0) return figure;
  return stacked([figure, panels(points, classes, 'forward passes', cost / evaluations)]);
}

/** `passes`: how many of the unit an evaluation is. */
function panels(points: readonly CurvePoint[], classes: number, unit: string, passes: number): Figure {
  const last = Math.max(1, passes * (points.at(-1)?.evaluation ?? 1));
  const x = { label: unit, domain: [0, last] as const };
  const series = (of: (point: CurvePoint) => number) => [
    [0, 0] as const,
    ...points.map((point) => [passes * point.evaluation, of(point)] as const),
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
  const at = (value: number) => (isCertain ? ninesOf(value) : value);
  return beside([
    plot({
      width: 470,
      height: 340,
      title: 'Best confidence over all classes',
      x,
      y: isCertain ? ninesAxis('confidence') : { ...whole, label: 'confidence' },
      marks: [
        line('median', 'series-0', ({ median }) => at(median)),
        line('mean', 'series-1', ({ mean }) => at(mean)),
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
