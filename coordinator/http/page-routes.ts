import type { Context } from 'hono';
import type { PageFile } from '../gallery/page-files.js';
import { FOR_EVER } from './drawn-image.js';
import type { HttpEnv } from './limits.js';
import { problem, quote } from './problem.js';
import type { Route } from './route.js';

/**
 * What the page may do: run its own scripts and the drawing kernel, and ask this server alone. Nothing inline, nothing
 * from elsewhere, in nobody's frame.
 */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "media-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  Vary: 'Accept-Encoding',
} as const;

/** The gallery's page and its parts, by their path. */
export function pageRoutes(files: ReadonlyMap<string, PageFile>): readonly Route[] {
  function send(c: Context<HttpEnv>, { type, bytes, zipped }: PageFile, caching: string): Response {
    const takesGzip = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
    const headers = { ...HEADERS, 'Content-Type': type, 'Cache-Control': caching };
    if (zipped !== undefined && takesGzip) {
      return c.body(zipped, 200, { ...headers, 'Content-Encoding': 'gzip' });
    }
    return c.body(bytes, 200, headers);
  }

  function page(c: Context<HttpEnv>): Response {
    const index = files.get('index.html');
    // Asked for each time: after an update its assets have other names.
    if (index) return send(c, index, 'no-cache');
    const text = 'This Atoll was built without its gallery. Build it again with npm run build.\n';
    return c.text(text, 200, HEADERS);
  }

  function asset(c: Context<HttpEnv>): Response {
    const path = c.req.path.slice(1);
    const file = files.get(path);
    // With a hash of its content in its name.
    if (file) return send(c, file, FOR_EVER);
    return problem({
      status: 404,
      code: 'ERR_NOT_FOUND',
      problem: `The gallery has no part ${quote(path)}`,
      fix: 'Load the page again',
    });
  }

  return [
    { method: 'GET', path: '/', handle: page },
    { method: 'GET', path: '/assets/*', handle: asset },
  ];
}
