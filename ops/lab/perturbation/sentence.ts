import { confidence, short, whole } from '../results/format.js';
import type { Change, Perturbation } from './experiment.js';
import { MOST_LEVELS } from './search.js';

/**
 * What was found, in one sentence: `5/255 turns tench (0.9811) into goldfish (0.6120); an L2 change of 0.62 does too
 * (0.5210).` The changes that reach their class come first.
 */
export function sentenceOf({ original, target, changes }: Perturbation): string {
  const from = original.opinions[0]?.guesses[0];
  const clauses = changes
    .toSorted((a, b) => Number(b.reached) - Number(a.reached))
    .map((change, i) => {
      const { text, many } = subjectOf(change);
      const inTarget = change.result.opinions[0]?.inTarget ?? Number.NaN;
      const sure = change.reached ? ` (${confidence(inTarget)})` : '';
      if (i > 0) return `${text} ${many ? 'do' : 'does'}${change.reached ? ' too' : ''}${sure}`;
      const known = `${from?.label ?? ''} (${confidence(from?.confidence ?? Number.NaN)})`;
      return `${text} ${many ? 'turn' : 'turns'} ${known} into ${target.label}${sure}`;
    });
  const sentence = clauses.join('; ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

/** How a change was looked for, as people read it. */
export function wayOf(wanted: Change['wanted']): string {
  if (wanted.method === 'square') return `squares of ${wanted.bound}/255`;
  if (wanted.method === 'pixels') return wanted.count === 1 ? '1 pixel' : `${wanted.count} pixels`;
  return wanted.norm === 'linf' ? 'by gradient, least L-infinity' : 'by gradient, least L2';
}

function subjectOf({ wanted, reached, linf, l2 }: Change): {
  readonly text: string;
  readonly many: boolean;
} {
  if (wanted.method !== 'gradient') {
    const way = wayOf(wanted);
    const many = wanted.method === 'square' || wanted.count > 1;
    return { text: reached ? way : `no ${way} within ${whole(wanted.looks)} looks`, many };
  }
  const isGreatest = wanted.norm === 'linf';
  if (reached)
    return { text: isGreatest ? `${linf}/255` : `an L2 change of ${short(l2 / 255)}`, many: false };
  return {
    text: isGreatest ? `no change of up to ${MOST_LEVELS}/255` : 'no L2 change that was tried',
    many: false,
  };
}
