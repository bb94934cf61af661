import type { Archive, Rejection } from '../protocol/archive/archive.js';
import type { Elite } from '../protocol/archive/elite.js';
import { elitesOf } from '../protocol/archive/entries.js';
import type { Genome } from '../protocol/genome/genome.js';
import { InvalidGenomeError } from '../protocol/genome/validate.js';
import type { RunSpec } from '../protocol/run-spec.js';
import type { RejectedMessage } from '../protocol/transport/transport.js';
import type { Arrival, Entry } from '../protocol/wire/messages.js';

/** Why something from outside was refused; few enough to label a counter with. */
export type Refusal =
  | RejectedMessage
  | Rejection
  | 'malformed-genome'
  /** A genome of another encoding, canvas or number of channels than the run's. */
  | 'foreign-genome'
  | 'malformed-entry'
  | 'unknown-parent-class'
  | 'unknown-island'
  /** Migrants that came from no island of the run, or won more cells than there were of them. */
  | 'impossible-arrival';

/** The boundary: lets elites in, counts what it refuses, and never throws for what came from outside. */
export interface Intake {
  /** The elites of all entries that may be merged, in their order. */
  read(entries: readonly Entry[]): Elite[];
  /** What may be believed of what an island says came to it. */
  readArrivals(arrivals: readonly Arrival[]): Arrival[];
  refuse(reason: Refusal): void;
  /** How many were refused so far, by reason. */
  readonly refused: ReadonlyMap<Refusal, number>;
}

export function createIntake(archive: Pick<Archive, 'reject'>, spec: RunSpec): Intake {
  const refused = new Map<Refusal, number>();
  const refuse = (reason: Refusal) => void refused.set(reason, (refused.get(reason) ?? 0) + 1);

  function readEntry(entry: Entry): Elite[] {
    const fault = entryFault(entry, spec);
    if (fault) {
      refuse(fault);
      return [];
    }
    let elites: Elite[];
    try {
      elites = elitesOf(entry);
    } catch (error) {
      if (!(error instanceof InvalidGenomeError)) throw error;
      refuse('malformed-genome');
      return [];
    }
    if (elites[0] && !belongs(elites[0].candidate.genome, spec)) {
      refuse('foreign-genome');
      return [];
    }
    return elites.filter((elite) => {
      const rejection = archive.reject(elite);
      if (rejection) refuse(rejection);
      return rejection === undefined;
    });
  }

  function readArrivals(arrivals: readonly Arrival[]): Arrival[] {
    return arrivals.filter((arrival) => {
      const possible = isPossible(arrival, spec);
      if (!possible) refuse('impossible-arrival');
      return possible;
    });
  }

  return { read: (entries) => entries.flatMap(readEntry), readArrivals, refuse, refused };
}

function entryFault(entry: Entry, spec: RunSpec): Refusal | undefined {
  const { classIds, confidences, evaluation, island, parent } = entry;
  const whole =
    Number.isSafeInteger(evaluation) && evaluation >= 0 && Number.isSafeInteger(island) && island >= 0;
  if (!whole || classIds.length === 0 || classIds.length !== confidences.length) return 'malformed-entry';
  if (parent === undefined) return undefined;
  if (!/^[0-9a-f]{64}$/.test(parent.digest)) return 'malformed-entry';
  const known = Number.isInteger(parent.classId) && parent.classId >= 0 && parent.classId < spec.classes;
  return known ? undefined : 'unknown-parent-class';
}

function isPossible({ source, moved, won }: Arrival, { islands }: RunSpec): boolean {
  const whole = [source, moved, won].every((count) => Number.isInteger(count) && count >= 0);
  // So many that sums of them stay exact.
  return whole && source < islands && moved < 2 ** 32 && won <= moved;
}

/** Whether it could have been born in this run: what is drawn from another canvas is another picture. */
function belongs(genome: Genome, spec: RunSpec): boolean {
  if (genome.encoding !== spec.encoding) return false;
  switch (genome.encoding) {
    case 'cppn':
      return genome.canvas === spec.canvas && genome.outputs === spec.channels;
    case 'direct':
      return (
        genome.width === spec.canvas && genome.height === spec.canvas && genome.channels === spec.channels
      );
  }
}
