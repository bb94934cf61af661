import { ROOM, withRoom } from '../operators/genes.js';
import type { DirectGenome } from './genome.js';

/** Field number and wire type: 0 is a varint, 2 a length and that number of bytes. */
const TAG = { direct: (2 << 3) | 2, width: 1 << 3, height: 2 << 3, channels: 3 << 3, genes: (4 << 3) | 2 };

/**
 * The canonical bytes of a valid genome: a view of its own memory where {@link createGenes} made that, else a copy.
 * Writing to the view changes the genome, and no two genomes may share genes.
 */
export function directBytes(genome: DirectGenome): Uint8Array {
  const genes = withRoom(genome.genes);
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
