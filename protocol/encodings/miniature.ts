import { decodeGenome, encodeGenome } from './codec.js';
import { formatOf } from './lookup.js';

/** Pixels a side, at the most, of what is kept of an image of the past whose genome is too large to keep. */
export const MINIATURE_SIDE = 64;

/**
 * The canonical bytes of a genome's miniature, from its own canonical bytes: the very same where it is no larger.
 * Undefined for an encoding whose genomes are kept whole. Throws an {@link InvalidGenomeError} for other bytes.
 */
export function miniatureOf(bytes: Uint8Array, side: number = MINIATURE_SIDE): Uint8Array | undefined {
  const genome = decodeGenome(bytes);
  const small = formatOf(genome).miniature?.(genome, side);
  if (small === undefined) return undefined;
  return small === genome ? bytes : encodeGenome(small);
}
