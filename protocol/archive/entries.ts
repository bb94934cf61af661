import { decodeGenome } from '../encodings/codec.js';
import { digestOf } from '../encodings/digest.js';
import { InvalidGenomeError } from '../encodings/faults.js';
import type { Entry, Find } from '../wire/messages.js';
import { createCandidate } from './candidate.js';
import { type Candidate, type Descent, type Elite, isCandidate, type Win } from './elite.js';

/**
 * Elites as they travel: one entry a genome, with all the classes that it holds. Entries keep the order of `elites`.
 * An entry's bytes are read when they are asked for: a coordinator has those of direct genomes in its store.
 */
export function entriesOf(elites: Iterable<Elite>): Entry[] {
  return byCandidate(elites).map(({ candidate, wins }) => entryOf(candidate, wins));
}

/** The same of all that won a cell, whether or not its genome is there still. */
export function findsOf(wins: Iterable<Win>): Find[] {
  return byCandidate(wins).map(({ candidate, wins }) =>
    isCandidate(candidate)
      ? entryOf(candidate, wins)
      : { digest: candidate.digest, ...foundOf(candidate, wins) },
  );
}

function byCandidate<Kind extends Win>(wins: Iterable<Kind>) {
  const held = new Map<Kind['candidate'], Kind[]>();
  for (const win of wins) {
    const siblings = held.get(win.candidate);
    if (siblings === undefined) held.set(win.candidate, [win]);
    else siblings.push(win);
  }
  return [...held].map(([candidate, siblings]) => ({ candidate, wins: siblings }));
}

function entryOf(candidate: Candidate, wins: readonly Win[]): Entry {
  return {
    get genome() {
      return candidate.bytes;
    },
    ...foundOf(candidate, wins),
  };
}

function foundOf({ parent, evaluation, cost, island }: Descent, wins: readonly Win[]): Omit<Entry, 'genome'> {
  return {
    classIds: wins.map(({ classId }) => classId),
    confidences: wins.map(({ confidence }) => confidence),
    ...(parent && { parent }),
    evaluation,
    ...(cost !== undefined && { cost }),
    island,
  };
}

/**
 * The elites that an entry holds, sharing one candidate. Throws an {@link InvalidGenomeError} when its genome is not valid;
 * classes and confidences are the archive's to check ({@link Archive.reject}).
 */
export function elitesOf(entry: Entry): Elite[] {
  // Copied (a Buffer's slice would be one more view): the entry's bytes are a view of a whole message, which would
  // otherwise stay in memory with them.
  const bytes = new Uint8Array(entry.genome);
  const { parent, evaluation, cost, island } = entry;
  const candidate = createCandidate(
    decodeGenome(bytes),
    { ...(parent && { parent }), evaluation, ...(cost !== undefined && { cost }), island },
    // The bytes are at hand: a digest costs less now than the bytes again later.
    { bytes, digest: digestOf(bytes) },
  );
  return entry.classIds.map((classId, i) => ({
    classId,
    confidence: entry.confidences[i] ?? Number.NaN,
    candidate,
  }));
}

/** The elites of all entries whose genomes are whole; a neighbour's nonsense is passed over. */
export function readEntries(entries: readonly Entry[]): Elite[] {
  return entries.flatMap((entry) => {
    try {
      return elitesOf(entry);
    } catch (error) {
      if (error instanceof InvalidGenomeError) return [];
      throw error;
    }
  });
}
