import { createHash } from 'node:crypto';
import protobuf from 'protobufjs/minimal.js';
import { atoll } from '../wire/generated/atoll.js';
import { readCanonicalCppn } from './cppn/canonical.js';
import { CPPN_LIMITS } from './cppn/genome.js';
import { createGenes, directBytes } from './direct/bytes.js';
import { DIRECT_LIMITS } from './direct/genome.js';
import { InvalidGenomeError, validateGenome } from './faults.js';
import type { Digest, Genome } from './genome.js';

/** Room for all tags, lengths and scalar fields of a genome. */
const HEADER = 64;

/** The longest canonical bytes of each encoding: node numbers below 1024 take two bytes, weights four, genes two. */
export const MAX_BYTES = {
  cppn: HEADER + CPPN_LIMITS.nodes + (2 + 2 + 4) * CPPN_LIMITS.connections,
  direct: HEADER + 2 * DIRECT_LIMITS.samples,
} as const;

/** First byte of a genome whose kind is a CPPN: field 1, length-delimited (atoll.proto). */
const CPPN_TAG = (1 << 3) | 2;

/** Node numbers are held in 16 bits. */
const UINT16_MAX = 65_535;

/**
 * The canonical bytes of a genome (atoll.proto), which its digest is taken of. It must be valid. Those of a direct genome
 * may be a view of its memory: see {@link directBytes}.
 */
export function encodeGenome(genome: Genome): Uint8Array {
  switch (genome.encoding) {
    case 'cppn': {
      const { canvas, outputs, activations } = genome;
      const sources = Array.from(genome.sources);
      const targets = Array.from(genome.targets);
      const weights = Array.from(genome.weights);
      const cppn = { canvas, outputs, activations, sources, targets, weights };
      // Copied out of protobuf's pool, of which a genome that is kept would hold 8 KiB.
      return atoll.Genome.encode({ cppn }, new protobuf.Writer()).finish().slice();
    }
    case 'direct':
      return directBytes(genome);
  }
}

/**
 * The genome of canonical bytes, from anywhere; shares no memory with them. Throws an {@link InvalidGenomeError}, and
 * nothing else, for anything but the bytes that {@link encodeGenome} gives for a valid genome. Memory and time are
 * bounded by {@link MAX_BYTES}.
 */
export function decodeGenome(bytes: Uint8Array): Genome {
  const limit = bytes[0] === CPPN_TAG ? MAX_BYTES.cppn : MAX_BYTES.direct;
  if (bytes.length > limit) throw new InvalidGenomeError('too-large');
  const canonical = readCanonicalCppn(bytes);
  const genome = canonical ?? genomeOf(parse(bytes));
  validateGenome(genome);
  if (canonical) return genome;
  // Whatever protobuf reads and forgets (unknown or repeated fields, padded numbers, another order) shows here.
  if (!sameBytes(encodeGenome(genome), bytes)) throw new InvalidGenomeError('not-canonical');
  return genome;
}

/** SHA-256 of canonical bytes, as 64 lower-case hexadecimal digits. */
export function digestOf(bytes: Uint8Array): Digest {
  return createHash('sha256').update(bytes).digest('hex');
}

function parse(bytes: Uint8Array): atoll.Genome {
  const reader = new protobuf.Reader(bytes);
  // Kept, each unknown field of two bytes would cost a hundred.
  reader.discardUnknown = true;
  try {
    return atoll.Genome.decode(reader);
  } catch (cause) {
    throw new InvalidGenomeError('malformed', cause);
  }
}

/** The genome that a message says, its numbers still unchecked but for what would be lost on the way into it. */
function genomeOf({ cppn, direct }: atoll.Genome): Genome {
  if (cppn) {
    const sources = cppn.sources ?? [];
    const targets = cppn.targets ?? [];
    const weights = cppn.weights ?? [];
    if (sources.some(isBeyond16Bits) || targets.some(isBeyond16Bits)) {
      throw new InvalidGenomeError('endpoint');
    }
    return {
      encoding: 'cppn',
      canvas: cppn.canvas ?? 0,
      outputs: oneOrThree(cppn.outputs),
      activations: Uint8Array.from(cppn.activations ?? []),
      sources: Uint16Array.from(sources),
      targets: Uint16Array.from(targets),
      weights: Float32Array.from(weights),
    };
  }
  if (direct) {
    const genes = direct.genes ?? new Uint8Array(0);
    return {
      encoding: 'direct',
      width: direct.width ?? 0,
      height: direct.height ?? 0,
      channels: oneOrThree(direct.channels),
      genes: genesOf(genes),
    };
  }
  throw new InvalidGenomeError('malformed');
}

function oneOrThree(count: number | null | undefined): 1 | 3 {
  if (count === 1 || count === 3) return count;
  throw new InvalidGenomeError('outputs');
}

function isBeyond16Bits(node: number): boolean {
  return node > UINT16_MAX;
}

/** Little-endian bytes of genes, as a view: every machine that Node and WebAssembly's SIMD run on is little-endian. */
function bytesOf(genes: Uint16Array): Uint8Array {
  return new Uint8Array(genes.buffer, genes.byteOffset, genes.byteLength);
}

function genesOf(bytes: Uint8Array): Uint16Array {
  if (bytes.length % 2 !== 0) throw new InvalidGenomeError('gene-length');
  const genes = createGenes(bytes.length / 2);
  bytesOf(genes).set(bytes);
  return genes;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
