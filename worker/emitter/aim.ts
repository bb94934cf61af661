import type { Elite } from '../../protocol/archive/elite.js';
import type { EmitterParts } from './emitter.js';
import type { Failures } from './failures.js';
import { logOdds, SOLVED } from './log-odds.js';

/** The goal of a visit, until no more than {@link FEW} of the classes are below it; then it is {@link SOLVED}. */
const NEARLY = 0.9;
const FEW = 0.03;

/** Classes that are drawn; the surest of them is visited. */
const DRAWN = 8;
/** What a visit in vain takes from a class's log-odds there. */
const PENALTY = 2;
/** Visits in vain after which a class is no longer the island's own: others of all shares come first. */
const GIVEN_UP = 4;

/** What is visited next, and the confidence that ends the visit. */
export interface Aim {
  readonly elite: Elite;
  readonly goal: number;
}

/**
 * The elite of a class below the goal that is not `visited`. It is of the island's own share, so that islands do not take the
 * same steps: of n islands each has every n-th class. Where no class of the share is left, or all that are have been
 * {@link GIVEN_UP}, it is of any share; where all classes are solved, of any class. Of {@link DRAWN} that are drawn uniformly
 * it is the surest: what is nearly solved is solved first, and its pictures serve others.
 */
export function drawAim(
  { archive, random, island, spec }: Pick<EmitterParts, 'archive' | 'random' | 'island' | 'spec'>,
  visited: readonly number[],
  failures: Pick<Failures, 'of'>,
): Aim {
  const { confidences, filled } = archive;
  const classes = Array.from({ length: filled }, (_, i) => archive.nthFilled(i).classId);
  const below = (goal: number) => classes.filter((id) => (confidences[id] ?? 0) < goal);
  const goal = below(NEARLY).length > filled * FEW ? NEARLY : SOLVED;
  const wanted = below(goal).filter((id) => !visited.includes(id));
  const isOwn = (id: number) => id % spec.islands === island && failures.of(id) < GIVEN_UP;
  // An island that is alone has no others to leave a class to.
  const own = spec.islands === 1 ? wanted : wanted.filter(isOwn);
  const choices = [own, wanted].find((ids) => ids.length > 0) ?? classes;
  const prospect = (id: number) => logOdds(confidences[id] ?? 0) - PENALTY * failures.of(id);
  const drawn = Array.from({ length: DRAWN }, () => choices[random.below(choices.length)] ?? 0);
  const elite = archive.elite(drawn.reduce((best, id) => (prospect(id) > prospect(best) ? id : best)));
  if (elite === undefined) throw new RangeError('a filled cell without an elite');
  return { elite, goal: elite.confidence < goal ? goal : 1 };
}
