import { BadInputError } from '../base/errors.js';
import type { Arrival, Find } from '../wire/messages.js';

/** No fewer bytes than an entry takes in a message: what it holds, and the most that tags and lengths can add. */
export function encodedSize(find: Find): number {
  const bytes = 'genome' in find ? find.genome.length : DIGEST_BYTES;
  return bytes + find.classIds.length * MAX_PAIR_BYTES + MAX_FIXED_BYTES;
}

const DIGEST_BYTES = 32;

/** A class takes a varint of at most five bytes, its confidence four. */
const MAX_PAIR_BYTES = 9;
/** Tags, lengths, the parent's digest and class, the evaluation and the island. */
const MAX_FIXED_BYTES = 96;

/** No fewer bytes than arrivals take in a message: tags, a length, and three varints of at most five bytes each. */
export function arrivalsSize(arrivals: readonly Arrival[]): number {
  return 20 * arrivals.length;
}

/**
 * The entries in groups of at most `maxBytes`, in their order; one empty group where there are none. The last leaves
 * `room` for what travels with it, and may be empty for that.
 * Throws a {@link BadInputError} (`ERR_MESSAGE_SIZE`) when one entry alone is larger.
 */
export function splitEntries<Kind extends Find>(
  entries: readonly Kind[],
  maxBytes: number,
  room = 0,
): Kind[][] {
  return splitBySize(entries, encodedSize, maxBytes, room);
}

/** The same for any items, none of which may be divided. */
export function splitBySize<Kind>(
  items: readonly Kind[],
  sizeOf: (item: Kind) => number,
  maxBytes: number,
  room = 0,
): Kind[][] {
  let group: Kind[] = [];
  let bytes = 0;
  const groups = [group];
  for (const item of items) {
    const size = sizeOf(item);
    if (size > maxBytes) throw tooLarge(size, maxBytes);
    if (bytes + size > maxBytes) {
      group = [];
      bytes = 0;
      groups.push(group);
    }
    group.push(item);
    bytes += size;
  }
  if (group.length > 0 && bytes + room > maxBytes) groups.push([]);
  return groups;
}

function tooLarge(size: number, maxBytes: number): BadInputError {
  return new BadInputError({
    code: 'ERR_MESSAGE_SIZE',
    problem: `A genome has ${size} bytes, but a message of this broker takes at most ${maxBytes}`,
    fix: 'Raise max_payload in the configuration of nats-server, or start a run with a smaller canvas',
  });
}
