/**
 * Memory for strings of genes of 16 bits, each a fraction of {@link GENE_MAX}. It has room in front of the genes, so that
 * their canonical bytes, a short head and then the genes, are a view of memory that is there: to send, to hash and to
 * store a genome copies nothing.
 */

export const GENE_MAX = 65535;

/** Bytes of room in front of the genes: more than the longest head, and even, since genes are read two bytes at a time. */
export const ROOM = 64;

const made = new WeakSet<Uint16Array>();

/** Memory for `count` genes, all 0. */
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

/** The same genes: these, where {@link createGenes} made them, else a copy. */
export function withRoom(genes: Uint16Array): Uint16Array {
  return made.has(genes) ? genes : copyGenes(genes);
}
