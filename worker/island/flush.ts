import { findsOf } from '../../protocol/archive/entries.js';
import { encodedSize, splitBySize, splitEntries } from '../../protocol/transport/split.js';
import type { Ancestor, Entry, Find, Gap } from '../../protocol/wire/messages.js';
import { joinGaps } from './gap.js';
import type { Pending } from './outbox.js';

/** An outbox's content in messages. */
export interface Flush {
  /** The entries of each, in the order in which they are sent; the last may have none. */
  readonly messages: readonly (readonly Find[])[];
  readonly gap?: Gap;
}

/**
 * Makes messages of what waits, none with more than `maxBytes` of entries, of which the last leaves `room`. Entries keep
 * their order. A descent without a genome is only a jump of the archive together with the genome that took its class
 * next: where several messages are needed, all descents go first, as ancestors that claim nothing, and then each claim
 * beside its heir. So whatever dies between two messages, an archive's history is whole as far as it goes.
 * Throws a {@link BadInputError} (`ERR_MESSAGE_SIZE`) when one genome alone is too large.
 */
export function composeFlush({ wins, gap }: Pending, maxBytes: number, room: number): Flush {
  const finds = findsOf(wins);
  const messages = splitEntries(finds, maxBytes, room);
  if (messages.length === 1 || finds.every(isWhole)) return { messages, ...(gap && { gap }) };
  const { units, unclaimed } = claimsByHeir(finds, maxBytes);
  const lines = finds
    .filter((find) => !isWhole(find))
    .map((find) => ({ ...find, classIds: [], confidences: [] }));
  const missing = joinGaps(gap, unclaimed);
  return {
    messages: [
      ...splitEntries(lines, maxBytes),
      ...splitBySize(units, unitSize, maxBytes, room).map((group) => group.flat()),
    ],
    ...(missing && { gap: missing }),
  };
}

const isWhole = (find: Find): find is Entry => 'genome' in find;

/** An entry, after the claims of the descents that it is the heir of. */
type Unit = readonly Find[];

const unitSize = (unit: Unit) => unit.reduce((sum, find) => sum + encodedSize(find), 0);

/** Claims that do not fit into a message beside their heir are given up, and told as a gap. */
function claimsByHeir(
  finds: readonly Find[],
  maxBytes: number,
): { readonly units: Unit[]; readonly unclaimed?: Gap } {
  /** By class, whose claims have met no heir yet; in order. */
  const waiting = new Map<number, Ancestor[]>();
  const units: Unit[] = [];
  let unclaimed: Gap | undefined;
  for (const find of finds) {
    if (!isWhole(find)) {
      for (const claim of claimsOf(find)) {
        for (const classId of claim.classIds) {
          const others = waiting.get(classId);
          if (others) others.push(claim);
          else waiting.set(classId, [claim]);
        }
      }
      continue;
    }
    const claims = find.classIds.flatMap((classId) => waiting.get(classId) ?? []);
    for (const classId of find.classIds) waiting.delete(classId);
    claims.sort((a, b) => a.evaluation - b.evaluation);
    let room = maxBytes - encodedSize(find);
    const fitting = claims.toReversed().filter((claim) => {
      room -= encodedSize(claim);
      if (room >= 0) return true;
      const { evaluation } = claim;
      unclaimed = joinGaps(unclaimed, { dropped: 1, fromEvaluation: evaluation, toEvaluation: evaluation });
      return false;
    });
    units.push([...fitting.reverse(), find]);
  }
  return { units, ...(unclaimed && { unclaimed }) };
}

/** One for each class. */
function claimsOf(find: Ancestor): Ancestor[] {
  return find.classIds.map((classId, i) => ({
    ...find,
    classIds: [classId],
    confidences: find.confidences.slice(i, i + 1),
  }));
}
