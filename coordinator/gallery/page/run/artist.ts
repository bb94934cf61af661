import { encodingOf } from '../../../../protocol/encodings/lookup.js';
import type { Encoding } from '../../../../protocol/encodings/names.js';
import { ask } from '../api.js';
import type { Pool } from '../drawing/pool.js';
import type { Kept } from '../views.js';
import { createErrands } from './errands.js';
import type { Genomes } from './genomes.js';

/** What is to be drawn: a genome by its digest, with its canonical bytes where they are at hand. */
export interface Subject {
  readonly digest: string;
  readonly genome?: Uint8Array;
  /** Absent: all of it, as far as the page knows. */
  readonly kept?: Kept;
}

export interface Wish {
  readonly width: number;
  readonly height: number;
  /** As a network sees it that takes grey. */
  readonly grey?: boolean;
  /** The greater, the sooner. */
  readonly urgency?: number;
  readonly signal?: AbortSignal;
}

/** Draws the genomes of one run. */
export interface Artist {
  /** Undefined where there is nothing to draw: the genome is not kept, or none to this page. */
  draw(subject: Subject, wish: Wish): Promise<ImageBitmap | undefined>;
}

/** Sides in pixels: above the first, bytes of a direct genome are more than its small picture; the second is the server's most. */
const LARGE_CANVAS = 64;
const MOST_SERVED = 1024;

export function createArtist(
  base: string,
  spec: { readonly encoding: Encoding; readonly canvas: number },
  genomes: Genomes,
  pool: Pool,
): Artist {
  const errands = createErrands();
  const served = encodingOf(spec.encoding).format.keeping.archived === 'store' && spec.canvas > LARGE_CANVAS;

  return {
    async draw({ digest, genome, kept = 'genome' }, { width, height, grey = false, urgency = 0, signal }) {
      if (kept === 'digest') return undefined;
      try {
        // A large direct genome is hundreds of kilobytes, and a wall of small pictures needs none of it.
        if (
          served &&
          genome === undefined &&
          kept === 'genome' &&
          width === height &&
          width < spec.canvas &&
          width <= MOST_SERVED &&
          !grey
        ) {
          const address = `${base}/api/genomes/${digest}/image.png?size=${width}`;
          const init = signal === undefined ? {} : { signal };
          const response = await errands.run(() => ask(address, init), urgency, signal);
          return await createImageBitmap(await response.blob());
        }
        const bytes = genome ?? (await genomes.get(digest, kept === 'miniature'));
        return await pool.draw({ genome: bytes, width, height, grey }, urgency, signal);
      } catch {
        // Called off, not kept any more, or the server is away: there is no picture, and whoever shows it says so.
        return undefined;
      }
    },
  };
}
