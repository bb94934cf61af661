import type { Context } from 'hono';
import type { Candidate } from '../../protocol/archive/elite.js';
import type { Images } from './images.js';
import type { HttpEnv } from './limits.js';
import { problem } from './problem.js';
import { badQuery, numberOf } from './query.js';

/** Side of an image in pixels. */
const MAX_SIZE = 1024;
const DEFAULT_SIZE = 256;

/** How long an image that never changes may be cached. */
export const FOR_EVER = 'public, max-age=31536000, immutable';

/** Answers with a PNG of a genome, of the size that the query asks for. `caching`: who may keep it, and for how long. */
export async function answerImage(
  c: Context<HttpEnv>,
  images: Images,
  drawn: Pick<Candidate, 'digest' | 'genome'>,
  caching: string,
): Promise<Response> {
  const size = numberOf(c.req.query('size') ?? `${DEFAULT_SIZE}`);
  if (size === undefined || !Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    return badQuery('size', `a whole number of pixels 1 to ${MAX_SIZE}`, c.req.query('size'));
  }
  const etag = `"${drawn.digest}-${size}"`;
  const headers = { ETag: etag, 'Cache-Control': caching };
  const known = (c.req.header('if-none-match') ?? '').split(',').map((each) => each.trim());
  if (known.includes(etag)) return c.body(null, 304, headers);
  const png = await images.draw(drawn, size);
  if (png !== undefined) return c.body(png, 200, { ...headers, 'Content-Type': 'image/png' });
  return problem({
    status: 503,
    code: 'ERR_BUSY_DRAWING',
    problem: 'Too many images are asked for at the same time',
    fix: 'Ask again in a second',
    headers: { 'Retry-After': '1' },
  });
}
