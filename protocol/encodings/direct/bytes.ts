import type { DirectGenome } from './genome.js';

/**
 * A direct genome's canonical bytes (atoll.proto) are a short head, then its genes. {@link createGenes} leaves room for
 * the head, so that the bytes are a view of memory that is there: to send, to hash and to store a genome copies nothing.
 */

/** Room in front of the genes: more than the longest head, and even, for genes are read two bytes at a time. */
const ROOM = 64;

/** Field number and wire type: 0 is a varint, 2 a length and so many bytes. */
const TAG = { direct: (2 << 3) | 2, width: 1 << 3, height: 2 << 3, channels: 3 << 3, genes: (4 << 3) | 2 };

const made = new WeakSet<Uint16Array>();

/** Memory for so many genes, all 0. */
export function createGenes(count: number): Uint16Array {
  const buffer = new ArrayBuffer(ROOM + count * Uint16Array.BYTES_PER_ELEMENT);
  const genes = new Uint16Array(buffer, ROOM, count);
  made.add(genes);
  return genes;
}

/** The same genes in memory of {@link createGenes}. */
export function copyGenes(genes: Uint16Array): Uint16Array {
  const copy = createGenes(genes.length);
  copy.set(genes);
  return copy;
}

/**
 * The canonical bytes of a valid genome: a view of its own memory where {@link createGenes} made that, else a copy.
 * Who writes to them writes to the genome, and no two genomes may share genes.
 */
export function directBytes(genome: DirectGenome): Uint8Array {
  const genes = made.has(genome.genes) ? genome.genes : copyGenes(genome.genes);
  const head = headOf(genome);
  const bytes = new Uint8Array(genes.buffer, ROOM - head.length, head.length + genes.byteLength);
  bytes.set(head);
  return bytes;
}

/** All that goes before the genes. */
function headOf({ width, height, channels, genes }: DirectGenome): number[] {
  const fields = [
    ...[TAG.width, ...varint(width)],
    ...[TAG.height, ...varint(height)],
    ...[TAG.channels, ...varint(channels)],
    ...[TAG.genes, ...varint(genes.byteLength)],
  ];
  return [TAG.direct, ...varint(fields.length + genes.byteLength), ...fields];
}

/** Seven bits a byte, the lowest first; all but the last have the eighth set. `value`: 0 … 2³²−1. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
