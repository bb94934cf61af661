import type { Candidate } from '../../protocol/archive/elite.js';
import type { Drawer } from '../../protocol/drawing/drawer.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { drawImage } from '../export/png.js';

/** Draws elites on request, without taking the coordinator's time from its islands. */
export interface Images {
  /** A PNG of `size` by `size` pixels; undefined when too many wait already: the client should ask again later. */
  draw(
    candidate: Pick<Candidate, 'digest' | 'genome'>,
    size: number,
  ): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

export interface ImageLimits {
  /** Images that may wait to be drawn. */
  readonly waiting: number;
  /** Bytes of the images that are kept. */
  readonly cacheBytes: number;
}

export const IMAGE_LIMITS: ImageLimits = { waiting: 64, cacheBytes: 16 << 20 };

/**
 * One image at a time, and as much time between two as the last one took: drawing takes half of this thread at the most.
 * Images that were asked for lately are kept. `clock`: milliseconds, monotone.
 */
export function createImages(
  drawer: Drawer,
  clock: () => number,
  limits: ImageLimits = IMAGE_LIMITS,
): Images {
  /** From the one that was asked for longest ago. */
  const cache = new Map<string, Uint8Array<ArrayBuffer>>();
  const drawing = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  let cachedBytes = 0;
  let last: Promise<unknown> = Promise.resolve();

  function keep(key: string, image: Uint8Array<ArrayBuffer>): void {
    cache.set(key, image);
    cachedBytes += image.length;
    for (const [oldest, { length }] of cache) {
      if (cachedBytes <= limits.cacheBytes) break;
      cache.delete(oldest);
      cachedBytes -= length;
    }
  }

  async function drawAfter(previous: Promise<unknown>, genome: Genome, size: number) {
    await previous;
    const began = clock();
    const image = new Uint8Array(await drawImage(drawer, genome, size));
    return { image, took: clock() - began };
  }

  return {
    async draw(candidate, size) {
      const key = `${candidate.digest} ${size}`;
      const cached = cache.get(key);
      if (cached !== undefined) {
        cache.delete(key);
        cache.set(key, cached);
        return cached;
      }
      const begun = drawing.get(key);
      if (begun !== undefined) return begun;
      if (drawing.size >= limits.waiting) return undefined;
      // The genome is read now: when its turn has come, it may have lost its cell and its bytes.
      const drawn = drawAfter(last, candidate.genome, size);
      // The next waits for this one whether or not it succeeds.
      last = drawn.then(
        ({ took }) => new Promise((resolve) => setTimeout(resolve, took)),
        // The error is thrown to the request that asked for the image.
        () => undefined,
      );
      const image = drawn
        .then((done) => {
          keep(key, done.image);
          return done.image;
        })
        .finally(() => drawing.delete(key));
      drawing.set(key, image);
      return image;
    },
  };
}
