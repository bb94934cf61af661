import {
  compareElites,
  type Descent,
  type Elite,
  isCandidate,
  type Win,
} from '../../protocol/archive/elite.js';
import { formatOf } from '../../protocol/encodings/lookup.js';
import type { Gap } from '../../protocol/wire/messages.js';
import { joinGaps } from './gap.js';

/** The content of an outbox: all that won since the last time, in that order, and the gap if some had to be dropped. */
export interface Pending {
  readonly wins: readonly Win[];
  readonly gap?: Gap;
}

/**
 * Finds that the coordinator has not stored yet: everything that won a cell, in the order of winning.
 * The best pending elite of each class is always there, so those are bounded by C. The others are history, bounded by
 * bytes: beyond them the oldest are dropped, first those that no best pending elite descends from, and the gap is told.
 * Where the store keeps a superseded genome by its digest alone, so does this: its descent, when it is the best of no class.
 */
export interface Outbox {
  /** Wins that wait. */
  readonly size: number;
  /** Takes in what won cells, in the order of winning. */
  add(elites: Iterable<Elite>): void;
  /** Empties the outbox. */
  take(): Pending;
  /** Takes back what could not be sent: it goes before all that came since. */
  putBack(pending: Pending): void;
}

/** Bytes of history that wait at the most: about 50,000 CPPNs, ten minutes of a CPU on which every image wins. */
const HISTORY_BYTES = 32 * 1024 * 1024;
/** The share of them that is left when some had to be dropped, so that it happens rarely. */
const THINNED_TO = 0.75;
/** Bytes of a find besides its genome, digests included; and bytes that each of its classes adds. */
const FIND_BYTES = 320;
const WIN_BYTES = 32;

/** A genome and what it won. */
interface Find {
  candidate: Descent;
  readonly wins: { readonly classId: number; readonly confidence: number }[];
  /** Of how many classes it is the best pending elite. */
  best: number;
  /** Bytes that it adds to the history; 0 while it is not history. */
  bytes: number;
}

/** @param historyBytes bytes of history that wait at the most. */
export function createOutbox(historyBytes = HISTORY_BYTES): Outbox {
  let queue: Find[] = [];
  let size = 0;
  let history = 0;
  let gap: Gap | undefined;
  const bests = new Map<number, { readonly find: Find; readonly confidence: number }>();

  /** It is the best of no class any more, and wins none any more. */
  function retire(find: Find): void {
    find.candidate = keptOf(find.candidate);
    const genome = isCandidate(find.candidate) ? find.candidate.bytes.length : 0;
    find.bytes = genome + FIND_BYTES + find.wins.length * WIN_BYTES;
    history += find.bytes;
  }

  function findOf(candidate: Descent): Find {
    const last = queue.at(-1);
    if (last?.candidate === candidate) return last;
    if (last?.best === 0 && last.bytes === 0) retire(last);
    const find: Find = { candidate, wins: [], best: 0, bytes: 0 };
    queue.push(find);
    return find;
  }

  function push({ classId, confidence, candidate }: Win): void {
    const find = findOf(candidate);
    find.wins.push({ classId, confidence });
    size++;
    const best = bests.get(classId);
    if (best) {
      const { confidence: previous, find: holder } = best;
      const order = { confidence: previous, candidate: holder.candidate };
      if (compareElites({ confidence, candidate }, order) >= 0) return;
      holder.best--;
      if (holder.best === 0 && holder !== find) retire(holder);
    }
    bests.set(classId, { find, confidence });
    find.best++;
  }

  function thin(): void {
    const line = ancestorsOf(
      [...bests.values()].map(({ find }) => find),
      queue,
    );
    const dropped = new Set<Find>();
    for (const spared of [true, false]) {
      for (const find of queue) {
        if (history <= historyBytes * THINNED_TO) break;
        if (find.bytes === 0 || dropped.has(find) || (spared && line.has(find))) continue;
        dropped.add(find);
        history -= find.bytes;
        size -= find.wins.length;
        const { evaluation } = find.candidate;
        gap = joinGaps(gap, {
          dropped: find.wins.length,
          fromEvaluation: evaluation,
          toEvaluation: evaluation,
        });
      }
    }
    queue = queue.filter((find) => !dropped.has(find));
  }

  function addAll(wins: Iterable<Win>): void {
    for (const win of wins) push(win);
    if (history > historyBytes) thin();
  }

  function take(): Pending {
    const wins = queue.flatMap(({ candidate, wins }) => wins.map((win) => ({ ...win, candidate })));
    const pending = { wins, ...(gap && { gap }) };
    queue = [];
    size = 0;
    history = 0;
    gap = undefined;
    bests.clear();
    return pending;
  }

  return {
    get size() {
      return size;
    },
    add: addAll,
    take,
    putBack(pending) {
      const since = take();
      gap = joinGaps(pending.gap, since.gap);
      addAll(pending.wins);
      addAll(since.wins);
    },
  };
}

/** The finds of the queue that one of these descends from, itself among them. */
function ancestorsOf(finds: readonly Find[], queue: readonly Find[]): Set<Find> {
  const byDigest = new Map(queue.map((find) => [find.candidate.digest, find]));
  const line = new Set<Find>();
  for (const find of finds) {
    for (let next: Find | undefined = find; next !== undefined && !line.has(next); ) {
      line.add(next);
      next = byDigest.get(next.candidate.parent?.digest ?? '');
    }
  }
  return line;
}

/** The part of a superseded candidate that is kept: where its store forgets such genomes, its descent alone. */
function keptOf(candidate: Descent): Descent {
  if (!isCandidate(candidate)) return candidate;
  return formatOf(candidate.genome).keeping.superseded === 'digest' ? descentOf(candidate) : candidate;
}

function descentOf({ digest, parent, evaluation, cost, island }: Descent): Descent {
  return { digest, ...(parent && { parent }), evaluation, ...(cost !== undefined && { cost }), island };
}
