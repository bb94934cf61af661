import type { RandomStream } from '../../protocol/base/random.js';
import type { AuditSpec } from '../../protocol/spec/audit-spec.js';
import type { Find } from '../../protocol/wire/messages.js';

/** Decides which of the images that arrive are audited. */
export interface Sampler {
  /** `confidences`: the best of every class so far. */
  takes(find: Find, confidences: Float32Array): boolean;
}

/** From here on a class counts as solved, and what takes its cell stays there for long. */
const SOLVED = 0.99;
const MINUTE = 60_000;

export function createSampler(
  spec: Pick<AuditSpec, 'rate' | 'elites'>,
  /** Unknown to the islands: one that lies must not be able to tell what is audited. */
  random: RandomStream,
  /** Milliseconds. */
  clock: () => number,
): Sampler {
  /** Elites that may still be audited in this minute; it fills up again evenly. */
  let left = spec.elites;
  let filledAt = clock();

  function mayTakeElite(): boolean {
    const now = clock();
    left = Math.min(spec.elites, left + (spec.elites * (now - filledAt)) / MINUTE);
    filledAt = now;
    if (left < 1) return false;
    left--;
    return true;
  }

  return {
    takes(find, confidences) {
      if (spec.rate > 0 && random.chance(spec.rate)) return true;
      const solves = find.classIds.some((classId, i) => {
        const confidence = find.confidences[i] ?? 0;
        return confidence >= SOLVED && confidence > (confidences[classId] ?? 1);
      });
      return solves && mayTakeElite();
    },
  };
}
