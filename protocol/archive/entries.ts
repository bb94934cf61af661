import { decodeGenome, digestOf } from '../genome/codec.js';
import { InvalidGenomeError } from '../genome/validate.js';
import type { Entry } from '../wire/messages.js';
import { createCandidate } from './candidate.js';
import type { Candidate, Elite } from './elite.js';

/**
 * Elites as they travel: one entry a genome, with all the classes that it holds. Entries keep the order of `elites`.
 * An entry's bytes are made when they are asked for: a thousand direct genomes are hundreds of megabytes.
 */
export function entriesOf(elites: Iterable<Elite>): Entry[] {
  const held = new Map<Candidate, Elite[]>();
  for (const elite of elites) {
    const siblings = held.get(elite.candidate);
    if (siblings === undefined) held.set(elite.candidate, [elite]);
    else siblings.push(elite);
  }
  return [...held].map(([candidate, siblings]) => ({
    get genome() {
      return candidate.bytes;
    },
    classIds: siblings.map(({ classId }) => classId),
    confidences: siblings.map(({ confidence }) => confidence),
    ...(candidate.parent && { parent: candidate.parent }),
    evaluation: candidate.evaluation,
    island: candidate.island,
  }));
}

/**
 * The elites that an entry holds, sharing one candidate. Throws an {@link InvalidGenomeError} when its genome is none;
 * classes and confidences are the archive's to check ({@link Archive.reject}).
 */
export function elitesOf(entry: Entry): Elite[] {
  // Copied (a Buffer's slice would be one more view): the entry's bytes are a view of a whole message, which would
  // otherwise stay in memory with them.
  const bytes = new Uint8Array(entry.genome);
  const { parent, evaluation, island } = entry;
  const candidate = createCandidate(
    decodeGenome(bytes),
    { ...(parent && { parent }), evaluation, island },
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
