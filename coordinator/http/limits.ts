import type { Context, MiddlewareHandler } from 'hono';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { problem, quote } from './problem.js';

/** What one may ask of the server. All of them are far from what a gallery, Prometheus and a few people need. */
export interface HttpLimits {
  /** Characters. */
  readonly urlLength: number;
  /** Bytes of all headers together. */
  readonly headerBytes: number;
  /** Bytes of a body, of which no request needs any. */
  readonly bodyBytes: number;
  /** Requests of one address in {@link windowSeconds}. */
  readonly requests: number;
  readonly windowSeconds: number;
  readonly connections: number;
  /** For a request to arrive whole. */
  readonly requestMilliseconds: number;
  /** For an open connection that says nothing. */
  readonly idleMilliseconds: number;
}

export const HTTP_LIMITS: HttpLimits = {
  urlLength: 2048,
  headerBytes: 16_384,
  bodyBytes: 4096,
  requests: 2000,
  windowSeconds: 10,
  connections: 256,
  requestMilliseconds: 10_000,
  idleMilliseconds: 5000,
};

/** What the server tells the app of each request. */
export interface HttpEnv {
  readonly Bindings: { readonly address: string };
  readonly Variables: { route: string };
}

/** Refuses what is too large before anything looks at it. */
export function sizeLimits({ urlLength, bodyBytes }: HttpLimits): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    if (c.req.url.length > urlLength) {
      return problem({
        status: 414,
        code: 'ERR_URL_TOO_LONG',
        problem: `The URL has ${c.req.url.length} characters, but at most ${urlLength} are read`,
        fix: 'Send a shorter URL',
      });
    }
    if (c.req.header('transfer-encoding') !== undefined) {
      return problem({
        status: 411,
        code: 'ERR_BODY_LENGTH',
        problem: 'The request has a body without a Content-Length',
        fix: 'Send the request without a body',
      });
    }
    const body = Number(c.req.header('content-length') ?? 0);
    if (body > bodyBytes) {
      return problem({
        status: 413,
        code: 'ERR_BODY_TOO_LARGE',
        problem: `The body has ${body} bytes, but at most ${bodyBytes} are read`,
        fix: 'Send the request without a body',
      });
    }
    return next();
  };
}

/** All addresses share so many counters: the memory for them is bounded, whatever their number. */
const COUNTERS = 4096;

/** Counts the requests of each address. */
export function rateLimit({ requests, windowSeconds }: HttpLimits): MiddlewareHandler<HttpEnv> {
  const limiter = new RateLimiterMemory({ points: requests, duration: windowSeconds });
  return async (c, next) => {
    const wait = await limiter.consume(counterOf(c.env.address)).then(
      () => undefined,
      (refused: { readonly msBeforeNext: number }) => Math.ceil(refused.msBeforeNext / 1000),
    );
    if (wait === undefined) return next();
    return problem({
      status: 429,
      code: 'ERR_TOO_MANY_REQUESTS',
      problem: `This address sent more than ${requests} requests in ${windowSeconds} s`,
      fix: `Wait ${wait} s`,
      headers: { 'Retry-After': `${wait}` },
    });
  };
}

/** The counter of an address, by FNV-1a. */
export function counterOf(address: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < address.length; i++) hash = Math.imul(hash ^ address.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % COUNTERS;
}

/**
 * On loopback only requests for this machine are answered. A page of another host, whose name was made to point here, asks
 * for that name (DNS rebinding).
 */
export const localHostsOnly: MiddlewareHandler<HttpEnv> = async (c, next) => {
  const host = hostOf(c);
  if (/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host)) return next();
  return problem({
    status: 403,
    code: 'ERR_FOREIGN_HOST',
    problem: `The request is for the host ${quote(host)}, but this server answers only for this machine`,
    fix: 'Ask localhost, 127.0.0.1 or [::1], or start the server with an address that others can reach (HOST:PORT)',
  });
};

function hostOf(c: Context<HttpEnv>): string {
  return (c.req.header('host') ?? '').replace(/:\d*$/, '').toLowerCase();
}
