import type { Context } from 'hono';
import { readCandidate } from '../intake/restore.js';
import type { StoredElite, StoredGenome, StoreReader } from '../store/store.js';
import { answerImage, FOR_EVER } from './drawn-image.js';
import type { Images } from './images.js';
import type { HttpEnv } from './limits.js';
import { problem, quote } from './problem.js';
import type { Route } from './route.js';

/** Genomes by their digest, those of the past too: what a digest names never changes. */
export function genomeRoutes(ports: {
  readonly store: Pick<StoreReader, 'genome' | 'miniature'>;
  readonly images: Images;
}): readonly Route[] {
  const { store, images } = ports;

  /** Bytes of the past: those of a small genome's miniature are its own. */
  function wholeOf({ digest, size }: StoredGenome): Uint8Array | undefined {
    const miniature = store.miniature(digest);
    return miniature?.length === size ? miniature : undefined;
  }

  function miniature(c: Context<HttpEnv>): Response {
    const digest = c.req.param('digest') ?? '';
    const bytes = /^[0-9a-f]{64}$/.test(digest) ? store.miniature(digest) : undefined;
    if (bytes !== undefined) return sendBytes(c, bytes);
    return problem({
      status: 404,
      code: 'ERR_MINIATURE',
      problem: `No miniature of ${quote(digest)} is kept`,
      fix: 'The history of a class says what is kept of each genome',
    });
  }

  function ofGenome(
    tell: (c: Context<HttpEnv>, genome: StoredElite['genome']) => Response | Promise<Response>,
  ) {
    return (c: Context<HttpEnv>): Response | Promise<Response> => {
      const digest = c.req.param('digest') ?? '';
      const genome = /^[0-9a-f]{64}$/.test(digest) ? store.genome(digest) : undefined;
      const bytes = genome && (genome.bytes ?? wholeOf(genome));
      if (genome !== undefined && bytes !== undefined) return tell(c, { ...genome, bytes });
      return problem({
        status: 404,
        code: genome === undefined ? 'ERR_GENOME' : 'ERR_GENOME_NOT_KEPT',
        problem:
          genome === undefined
            ? `${quote(digest)} is not the digest of a genome of this run`
            : 'The genome was of pixels and holds no class any more, so its bytes are not kept',
        fix: 'Look digests up in /api/archive, or in the history of a class',
      });
    };
  }

  return [
    {
      method: 'GET',
      path: '/api/genomes/:digest',
      handle: ofGenome((c, { bytes }) => sendBytes(c, bytes)),
    },
    { method: 'GET', path: '/api/genomes/:digest/miniature', handle: miniature },
    {
      method: 'GET',
      path: '/api/genomes/:digest/image.png',
      handle: ofGenome((c, genome) => answerImage(c, images, readCandidate(genome), FOR_EVER)),
    },
  ];
}

function sendBytes(c: Context<HttpEnv>, bytes: Uint8Array): Response {
  return c.body(new Uint8Array(bytes), 200, {
    'Content-Type': 'application/octet-stream',
    'Cache-Control': FOR_EVER,
  });
}
