import type { Reader } from 'protobufjs/minimal.js';
import type { Format } from './encoding.js';
import { InvalidGenomeError } from './faults.js';
import type { Genome } from './genome.js';
import { FORMATS, formatOf } from './lookup.js';
import { parse } from './member.js';
import { validateGenome } from './validate.js';

/** Wire type of a member of Genome: a length, then that number of bytes. */
const LENGTH_DELIMITED = 2;

const LONGEST = Math.max(...FORMATS.map(({ maxBytes }) => maxBytes));

/**
 * The canonical bytes of a genome (atoll.proto), which its digest is taken of. It must be valid. They may be a view of
 * its memory: see {@link Format.encode}.
 */
export function encodeGenome(genome: Genome): Uint8Array {
  return formatOf(genome).encode(genome);
}

/**
 * The genome of canonical bytes, from anywhere; shares no memory with them. Throws an {@link InvalidGenomeError}, and
 * nothing else, for anything but the bytes that {@link encodeGenome} gives for a valid genome. Memory and time are
 * bounded by {@link Format.maxBytes}.
 */
export function decodeGenome(bytes: Uint8Array): Genome {
  const first = FORMATS.find(({ field }) => bytes[0] === ((field << 3) | LENGTH_DELIMITED));
  if (bytes.length > (first?.maxBytes ?? LONGEST)) throw new InvalidGenomeError('too-large');
  const canonical = first?.decodeCanonical?.(bytes);
  if (canonical !== undefined) {
    validateGenome(canonical);
    return canonical;
  }
  const { format, member } = parse(bytes, readMember);
  if (format === undefined) throw new InvalidGenomeError('malformed');
  const genome = format.decode(member);
  validateGenome(genome);
  // Whatever protobuf reads and forgets (unknown or repeated fields, padded numbers, another order) shows here.
  if (!sameBytes(encodeGenome(genome), bytes)) throw new InvalidGenomeError('not-canonical');
  return genome;
}

/** The last member of a known encoding in a message Genome, as a view of its bytes; without a format where there is no such member. */
function readMember(reader: Reader): { readonly format?: Format<Genome>; readonly member: Uint8Array } {
  let found: { readonly format?: Format<Genome>; readonly member: Uint8Array } = {
    member: new Uint8Array(0),
  };
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    const format = FORMATS.find(({ field }) => tag === ((field << 3) | LENGTH_DELIMITED));
    if (format) found = { format, member: reader.bytes() };
    else reader.skipType(tag & 7, 0, tag >>> 3);
  }
  return found;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
