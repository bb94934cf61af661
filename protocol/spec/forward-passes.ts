import type { RunSpec } from './run-spec.js';

/** What an evaluation counts as, in forward passes. */
export interface ForwardPasses {
  readonly plain: number;
  /** Of an evaluation that gives a gradient too. */
  readonly gradient: number;
}

/**
 * The forward passes of a run's evaluations. Each network is shown the image and each view that constrains it; a gradient
 * is of the image alone. The ten crops of `views` count as one.
 */
export function forwardPasses({
  evolution,
  objective,
}: Pick<RunSpec, 'evolution' | 'objective'>): ForwardPasses {
  const networks = 1 + objective.digests.length;
  const constrained = evolution.constraints.views.length;
  return { plain: networks * (1 + constrained), gradient: networks * (evolution.gradientCost + constrained) };
}
