import protobuf from 'protobufjs/minimal.js';
import { InvalidGenomeError } from './faults.js';

/**
 * What `decode` reads of a genome's bytes, from anywhere: whatever it throws is an {@link InvalidGenomeError}. What
 * protobuf does not know is forgotten.
 */
export function parse<T>(bytes: Uint8Array, decode: (reader: protobuf.Reader) => T): T {
  const reader = new protobuf.Reader(bytes);
  // Kept, each unknown field of two bytes would cost a hundred.
  reader.discardUnknown = true;
  try {
    return decode(reader);
  } catch (cause) {
    throw new InvalidGenomeError('malformed', cause);
  }
}

/** The number of outputs or channels that a message says. */
export function oneOrThree(count: number | null | undefined): 1 | 3 {
  if (count === 1 || count === 3) return count;
  throw new InvalidGenomeError('outputs');
}
