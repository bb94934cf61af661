import type { Archive, Rejection } from '../../protocol/archive/archive.js';
import type { Descent, Elite, Win } from '../../protocol/archive/elite.js';
import { elitesOf } from '../../protocol/archive/entries.js';
import { InvalidGenomeError } from '../../protocol/encodings/faults.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import { misfit } from '../../protocol/encodings/misfit.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { RejectedMessage } from '../../protocol/transport/transport.js';
import type { Ancestor, Arrival, Entry, Find } from '../../protocol/wire/messages.js';
import type { RemovedJump } from '../store/store.js';

/** Why something from outside was refused; few enough to label a counter with. */
export type Refusal =
  | RejectedMessage
  | Rejection
  | 'malformed-genome'
  /** A genome of another encoding, canvas or number of channels than the run's. */
  | 'foreign-genome'
  | 'malformed-entry'
  | 'unknown-parent-class'
  /** Messages from an island that the run does not have: one each. */
  | 'unknown-island'
  /** Messages of a suspect island: one each. */
  | 'suspect-island'
  /** What a repair took out of the archive, sent again: the stream is read from its start, say. */
  | 'removed-by-repair'
  /** Migrants that came from no island of the run, or won more cells than there were of them. */
  | 'impossible-arrival';

/** All of them. */
export const REFUSALS = Object.keys({
  malformed: 0,
  'wrong-version': 0,
  unexpected: 0,
  'unknown-class': 0,
  'confidence-out-of-range': 0,
  'malformed-genome': 0,
  'foreign-genome': 0,
  'malformed-entry': 0,
  'unknown-parent-class': 0,
  'unknown-island': 0,
  'suspect-island': 0,
  'removed-by-repair': 0,
  'impossible-arrival': 0,
} satisfies Record<Refusal, 0>) as readonly Refusal[];

/** The content of a valid entry: a genome, or its descent alone, and the cells that it won. */
export interface Taken {
  readonly candidate: Descent;
  /** Whole elites where the genome is there. */
  readonly wins: readonly Win[];
}

/** The boundary: lets elites in, counts what it refuses, and never throws for what came from outside. */
export interface Intake {
  /** Of all entries that may be believed, in their order. */
  read(entries: readonly Find[]): Taken[];
  /** The valid ones of the arrivals that an island reports. */
  readArrivals(arrivals: readonly Arrival[]): Arrival[];
  refuse(reason: Refusal): void;
  /** How many were refused so far, by reason. */
  readonly refused: ReadonlyMap<Refusal, number>;
}

/** @param removed what repairs took out of the archive: the same claims are not taken again */
export function createIntake(
  archive: Pick<Archive, 'reject'>,
  spec: RunSpec,
  removed: readonly RemovedJump[] = [],
): Intake {
  const refuted = new Set(
    removed.map(({ classId, digest, confidence }) => claim(classId, digest, confidence)),
  );
  const shape = shapeOf(spec);
  const refused = new Map<Refusal, number>();
  const refuse = (reason: Refusal) => void refused.set(reason, (refused.get(reason) ?? 0) + 1);

  function readFind(find: Find): Taken[] {
    const fault = faultOf(find, spec);
    if (fault) {
      refuse(fault);
      return [];
    }
    return 'genome' in find ? readEntry(find) : readAncestor(find);
  }

  function readAncestor({ digest, classIds, confidences, parent, ...born }: Ancestor): Taken[] {
    const { evaluation, cost, island } = born;
    const candidate = {
      digest,
      ...(parent && { parent }),
      evaluation,
      ...(cost !== undefined && { cost }),
      island,
    };
    const claims = classIds.map((classId, i) => ({
      classId,
      confidence: confidences[i] ?? Number.NaN,
      candidate,
    }));
    const wins = claims.filter(isAllowed);
    return wins.length > 0 || claims.length === 0 ? [{ candidate, wins }] : [];
  }

  function isAllowed(win: Win): boolean {
    const { classId, confidence, candidate } = win;
    const again = refuted.size > 0 && refuted.has(claim(classId, candidate.digest, confidence));
    const rejection = again ? 'removed-by-repair' : archive.reject(win);
    if (rejection) refuse(rejection);
    return rejection === undefined;
  }

  function readEntry(entry: Entry): Taken[] {
    let elites: Elite[];
    try {
      elites = elitesOf(entry);
    } catch (error) {
      if (!(error instanceof InvalidGenomeError)) throw error;
      refuse('malformed-genome');
      return [];
    }
    const [first] = elites;
    if (first && misfit(first.candidate.genome, shape) !== undefined) {
      refuse('foreign-genome');
      return [];
    }
    const wins = elites.filter(isAllowed);
    return first && wins.length > 0 ? [{ candidate: first.candidate, wins }] : [];
  }

  function readArrivals(arrivals: readonly Arrival[]): Arrival[] {
    return arrivals.filter((arrival) => {
      const possible = isPossible(arrival, spec);
      if (!possible) refuse('impossible-arrival');
      return possible;
    });
  }

  return { read: (entries) => entries.flatMap(readFind), readArrivals, refuse, refused };
}

const claim = (classId: number, digest: string, confidence: number) => `${classId} ${digest} ${confidence}`;

function faultOf(find: Find, spec: RunSpec): Refusal | undefined {
  const { classIds, confidences, evaluation, cost = evaluation, island, parent } = find;
  const whole = [evaluation, cost, island].every((each) => Number.isSafeInteger(each) && each >= 0);
  if (!whole || classIds.length !== confidences.length) return 'malformed-entry';
  if ('genome' in find) {
    if (classIds.length === 0) return 'malformed-entry';
  } else {
    if (!DIGEST.test(find.digest)) return 'malformed-entry';
    // Only some stores can do without the genome.
    if (encodingOf(spec.encoding).format.keeping.superseded !== 'digest') return 'foreign-genome';
  }
  if (parent === undefined) return undefined;
  if (!DIGEST.test(parent.digest)) return 'malformed-entry';
  const known = Number.isInteger(parent.classId) && parent.classId >= 0 && parent.classId < spec.classes;
  return known ? undefined : 'unknown-parent-class';
}

const DIGEST = /^[0-9a-f]{64}$/;

function isPossible({ source, moved, won }: Arrival, { islands }: RunSpec): boolean {
  const whole = [source, moved, won].every((count) => Number.isInteger(count) && count >= 0);
  // So many that sums of them stay exact.
  return whole && source < islands && moved < 2 ** 32 && won <= moved;
}
