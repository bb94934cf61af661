import type { Context } from 'hono';
import { readCandidate } from '../intake/restore.js';
import type { StoredElite, StoreReader } from '../store/store.js';
import { answerImage, FOR_EVER } from './drawn-image.js';
import type { Images } from './images.js';
import type { HttpEnv } from './limits.js';
import { problem, quote } from './problem.js';
import type { Route } from './route.js';

/** Genomes by their digest, those of the past too: what a digest names never changes. */
export function genomeRoutes(ports: {
  readonly store: Pick<StoreReader, 'genome'>;
  readonly images: Images;
}): readonly Route[] {
  const { store, images } = ports;

  function ofGenome(
    tell: (c: Context<HttpEnv>, genome: StoredElite['genome']) => Response | Promise<Response>,
  ) {
    return (c: Context<HttpEnv>): Response | Promise<Response> => {
      const digest = c.req.param('digest') ?? '';
      const genome = /^[0-9a-f]{64}$/.test(digest) ? store.genome(digest) : undefined;
      const bytes = genome?.bytes;
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
      handle: ofGenome((c, { bytes }) =>
        c.body(new Uint8Array(bytes), 200, {
          'Content-Type': 'application/octet-stream',
          'Cache-Control': FOR_EVER,
        }),
      ),
    },
    {
      method: 'GET',
      path: '/api/genomes/:digest/image.png',
      handle: ofGenome((c, genome) => answerImage(c, images, readCandidate(genome), FOR_EVER)),
    },
  ];
}
