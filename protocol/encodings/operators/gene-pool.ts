import { copyGenes } from './genes.js';

/**
 * Memory for the genes of children. Most children die at once, and hundreds of kilobytes each are dear to allocate
 * (the pages come zeroed from the kernel) and to collect: what dies is given back and used again.
 */
export interface GenePool {
  /** A copy of `genes`, in memory that was given back where there is some of that length. */
  copy(genes: Uint16Array): Uint16Array;
  /** Gives memory back. Nobody may look at it any more. */
  giveBack(genes: Uint16Array): void;
}

/** A pool that keeps up to `limit` arrays. */
export function createGenePool(limit: number): GenePool {
  const free: Uint16Array[] = [];
  return {
    copy(genes) {
      const copy = free.pop();
      if (copy?.length !== genes.length) return copyGenes(genes);
      copy.set(genes);
      return copy;
    },
    giveBack(genes) {
      if (free.length < limit) free.push(genes);
    },
  };
}
