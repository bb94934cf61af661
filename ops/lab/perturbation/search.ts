import type { RandomStream } from '../../../protocol/base/random.js';
import type { Gradients } from '../../../worker/ascent/gradients.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { type Attempt, isTop } from '../../../worker/perturbation/aim.js';
import { type Norm, sizeOfChange } from '../../../worker/perturbation/change.js';
import { changeFewPixels } from '../../../worker/perturbation/few-pixels.js';
import { descend } from '../../../worker/perturbation/projected-gradient.js';
import { smallestBound } from '../../../worker/perturbation/smallest.js';
import { squareAttack } from '../../../worker/perturbation/square.js';
import { inputMap, type Planes, tensorOfLevels } from '../../../worker/pixels/planes.js';

/** How a change is looked for: along the gradient, or without it by squares or by a few pixels. */
export const METHODS = ['gradient', 'square', 'pixels'] as const;
export type Method = (typeof METHODS)[number];

/** What `gradient` makes small. */
export const NORMS = ['linf', 'l2'] as const satisfies readonly Norm[];

/** The greatest change of a level that is tried, under either norm of all levels. */
export const MOST_LEVELS = 64;

/** Candidates of a generation of `pixels`. */
export const POPULATION = 50;

/** One search. */
export type Wanted =
  | { readonly method: 'gradient'; readonly norm: Norm /** At each bound. */; readonly steps: number }
  | { readonly method: 'square' /** In levels. */; readonly bound: number; readonly looks: number }
  | { readonly method: 'pixels'; readonly count: number; readonly looks: number };

/** What is asked of a network; the gradient by `gradient` alone. */
export type Network = Pick<Classifier, 'input' | 'classify' | 'batch' | 'gradient'>;

/** The picture that a search ended with: the one that reached the class, else the most confident one. */
export interface Found {
  /** In whole levels. */
  readonly planes: Planes;
  readonly reached: boolean;
  /** Pictures that the network was shown, over all bounds. */
  readonly looks: number;
}

interface Aim {
  /** In whole levels; not taken for the class. */
  readonly picture: Planes;
  readonly classId: number;
}

/** Looks for a change in the way that is wanted. `random`: of `square` and `pixels`. Throws a RangeError without a gradient. */
export async function search(
  wanted: Wanted,
  { network, random, ...aim }: Aim & { readonly network: Network; readonly random: RandomStream },
): Promise<Found> {
  if (wanted.method === 'square') return squareAttack({ ...aim, ...wanted, network, random });
  if (wanted.method === 'pixels') {
    const { count: pixels, looks } = wanted;
    return changeFewPixels({ ...aim, network, pixels, looks, population: POPULATION, random });
  }
  const { gradient } = network;
  if (gradient === undefined) throw new RangeError('the network has no gradient');
  return smallestChange({ ...aim, ...wanted, network: { ...network, gradient } });
}

/**
 * The smallest change along the gradient by bisection of its bound, within {@link MOST_LEVELS}. A picture counts once
 * `classify` too puts the class at the top: its rounding is not that of `gradient`. Of those the one that is measured to
 * have changed least is kept; rounding to whole levels may take it beyond its bound under `l2`.
 */
export async function smallestChange(
  parts: Aim & { readonly network: Gradients; readonly norm: Norm; readonly steps: number },
): Promise<Found> {
  const { network, picture, classId, norm } = parts;
  const map = inputMap(network.input);
  let looks = 0;
  let best: Attempt | undefined;
  let last: Attempt | undefined;
  const found = await smallestBound<Attempt>(
    async (bound, start) => {
      last = await descend({ ...parts, bound, ...(start && { start: start.planes }) });
      looks += last.looks;
      if (!last.reached) return undefined;
      looks++;
      const confidences = await network.classify(tensorOfLevels(last.planes.levels, map), 1);
      if (!isTop(confidences, classId)) return undefined;
      const size = ({ planes }: Attempt) => sizeOfChange(picture, planes)[norm];
      if (best === undefined || size(last) < size(best)) best = last;
      return last;
    },
    limitsOf(norm, picture),
  );
  const { planes } = best ?? last ?? { planes: picture };
  return { planes, reached: found !== undefined, looks };
}

/** The bounds that are tried, in levels: whole ones under `linf`, in steps of 2 under `l2`. */
export function limitsOf(
  norm: Norm,
  { levels }: Pick<Planes, 'levels'>,
): Parameters<typeof smallestBound>[1] {
  if (norm === 'linf') return { least: 1, most: MOST_LEVELS, precision: 1 };
  return { least: 8, most: MOST_LEVELS * Math.sqrt(levels.length), precision: 2 };
}

/** Pictures that a search may show the network at the most. */
export function mostLooks(wanted: Wanted, picture: Pick<Planes, 'levels'>): number {
  if (wanted.method !== 'gradient') return wanted.looks;
  const { least, most, precision } = limitsOf(wanted.norm, picture);
  const doublings = Math.ceil(Math.log2(most / least)) + 1;
  const halvings = Math.ceil(Math.log2(most / 2 / precision));
  return (doublings + halvings) * (wanted.steps + 2);
}

/** The difference of two pictures, enlarged, about mid-grey; beyond black and white it is cut. Bytes as `to` has levels. */
export function enlargedDifference(from: Planes, to: Planes, factor: number): Planes {
  const levels = to.levels.map((level, at) =>
    Math.min(255, Math.max(0, Math.round(128 + factor * (level - (from.levels[at] ?? 0))))),
  );
  return { ...to, levels };
}
