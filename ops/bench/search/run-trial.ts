import { shareOf } from '../../../protocol/wire/emitter-share.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { evolve } from '../../library/evolve.js';
import { parseArm } from './arm.js';
import { POINTS, type Point, pointOf, type Trial } from './trial.js';
import type { TrialOrder } from './trial-order.js';

/** Evolves one island with an arm and a seed, and notes its curve. */
export async function runTrial(
  { arm, seed, cost, version }: Pick<TrialOrder, 'arm' | 'seed' | 'cost' | 'version'>,
  parts: {
    readonly classifier: Classifier;
    /** Seconds, monotone. */
    readonly clock: () => number;
    readonly onProgress: (cost: number) => void;
  },
): Promise<Trial> {
  const { classifier, clock, onProgress } = parts;
  const evolution = evolve({ ...parseArm(arm).input, classifier, seed, budget: { cost }, clock });
  const { archive, spec } = evolution;
  const curve: Point[] = [];
  const began = clock();
  let shares: Trial['shares'] = {};
  let next = cost / POINTS;
  for await (const { totals } of evolution) {
    if (totals.cost < next && totals.cost < cost) continue;
    curve.push(pointOf(totals.cost, totals.evaluations, archive.confidences));
    next = (Math.floor((totals.cost * POINTS) / cost) + 1) * (cost / POINTS);
    shares = Object.fromEntries(spec.evolution.emitters.map((name) => [name, shareOf(totals, name)]));
    onProgress(totals.cost);
  }
  return {
    settings: { arm, seed, model: classifier.digest, cost, version, evolution: spec.evolution },
    classes: archive.classes,
    curve,
    shares,
    seconds: clock() - began,
  };
}
