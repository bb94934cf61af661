import type { Gap } from '../../protocol/wire/messages.js';

/** What was dropped in both. */
export function joinGaps(a: Gap, b: Gap | undefined): Gap;
export function joinGaps(a: Gap | undefined, b: Gap): Gap;
export function joinGaps(a: Gap | undefined, b: Gap | undefined): Gap | undefined;
export function joinGaps(a: Gap | undefined, b: Gap | undefined): Gap | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    dropped: a.dropped + b.dropped,
    fromEvaluation: Math.min(a.fromEvaluation, b.fromEvaluation),
    toEvaluation: Math.max(a.toEvaluation, b.toEvaluation),
  };
}
