import { askBytes } from '../api.js';

/** Genomes by digest, asked for once. What a digest stands for never changes. */
export interface Genomes {
  /** Canonical bytes, of its miniature where that is all that is kept. Rejects with an ApiError (404: not kept). */
  get(digest: string, miniature?: boolean): Promise<Uint8Array>;
}

export const MOST_GENOME_BYTES = 32 << 20;

export function createGenomes(base: string, most = MOST_GENOME_BYTES): Genomes {
  /** From the one that was asked for longest ago. */
  const kept = new Map<string, Promise<Uint8Array>>();
  const sizes = new Map<string, number>();
  let bytes = 0;

  function forget(digest: string): void {
    kept.delete(digest);
    bytes -= sizes.get(digest) ?? 0;
    sizes.delete(digest);
  }

  async function load(digest: string, miniature: boolean): Promise<Uint8Array> {
    try {
      const genome = await askBytes(`${base}/api/genomes/${digest}${miniature ? '/miniature' : ''}`);
      sizes.set(digest, genome.length);
      bytes += genome.length;
      for (const oldest of kept.keys()) {
        if (bytes <= most || oldest === digest) break;
        forget(oldest);
      }
      return genome;
    } catch (error) {
      forget(digest);
      throw error;
    }
  }

  return {
    get(digest, miniature = false) {
      const known = kept.get(digest);
      const genome = known ?? load(digest, miniature);
      kept.delete(digest);
      kept.set(digest, genome);
      return genome;
    },
  };
}
