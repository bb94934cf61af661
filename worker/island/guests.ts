import type { Archive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import type { ParentPool } from '../emitter/selection.js';

/**
 * Migrants that lost their cell and breed all the same (`migration.replacement: always-into-worse`): each stands in, as
 * a parent only, for the elite of least confidence that is worse than it and has no guest yet, until that elite's cell
 * is improved. So they are bounded by C. The archive itself is never touched, and they are no part of a checkpoint:
 * an island that is taken up again starts without guests, and better ones soon come.
 */
export interface Guests extends ParentPool {
  /** Takes a migrant in if there is a place for it. */
  admit(migrant: Elite): void;
  /** Guests that stand in now. */
  readonly size: number;
}

export function createGuests(
  archive: Pick<Archive, 'filled' | 'nthFilled' | 'elite' | 'elites' | 'confidences'>,
): Guests {
  /** By the class of the cell, with the elite that the guest stands in for. */
  const guests = new Map<number, { readonly guest: Elite; readonly host: Elite }>();

  function forgetOutgrown(): void {
    for (const [classId, { host }] of guests) {
      if (archive.elite(classId) !== host) guests.delete(classId);
    }
  }

  function isHere({ classId, candidate }: Elite): boolean {
    if (archive.elite(classId)?.candidate.digest === candidate.digest) return true;
    return [...guests.values()].some(
      ({ guest }) => guest.classId === classId && guest.candidate.digest === candidate.digest,
    );
  }

  return {
    get filled() {
      return archive.filled;
    },
    elite: archive.elite,
    confidences: archive.confidences,
    get size() {
      forgetOutgrown();
      return guests.size;
    },
    nthFilled(i) {
      const host = archive.nthFilled(i);
      const place = guests.get(host.classId);
      return place?.host === host ? place.guest : host;
    },
    admit(migrant) {
      forgetOutgrown();
      if (isHere(migrant)) return;
      let host: Elite | undefined;
      for (const elite of archive.elites()) {
        if (guests.has(elite.classId) || elite.confidence >= (host ?? migrant).confidence) continue;
        host = elite;
      }
      if (host) guests.set(host.classId, { guest: migrant, host });
    },
  };
}
