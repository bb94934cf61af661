import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { ConnectionLimits } from './connection-book.js';
import { type Problem, problem, quote } from './problem.js';

/** Limits of the server, all far above what a gallery, Prometheus and a few people need. */
export interface HttpLimits extends ConnectionLimits {
  /** Characters. */
  readonly urlLength: number;
  /** Bytes of all headers together. */
  readonly headerBytes: number;
  /** Bytes of a body, where the route says nothing else. */
  readonly bodyBytes: number;
  /** Requests of one address in {@link windowSeconds}. */
  readonly requests: number;
  readonly windowSeconds: number;
  /** For the headers of a request to arrive, and for all of it. */
  readonly headersMilliseconds: number;
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
  // Pages that a proxy brings back all at once are not cut before their requests are read.
  addressConnections: 512,
  connections: 1024,
  headersMilliseconds: 5000,
  requestMilliseconds: 10_000,
  idleMilliseconds: 5000,
};

/** What the server tells the app of each request. */
export interface HttpEnv {
  readonly Bindings: { readonly address: string };
  readonly Variables: { route: string };
}

/** Refuses a URL that is too long before anything looks at it. */
export function urlLimit({ urlLength }: HttpLimits): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    if (c.req.url.length <= urlLength) return next();
    return problem({
      status: 414,
      code: 'ERR_URL_TOO_LONG',
      problem: `The URL has ${c.req.url.length} characters, but at most ${urlLength} are read`,
      fix: 'Send a shorter URL',
    });
  };
}

/** Refuses a body of more than `bytes`, or of unknown length, before anything of it is read. */
export function bodyLimit(bytes: number): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    if (c.req.header('transfer-encoding') !== undefined) {
      return problem({
        status: 411,
        code: 'ERR_BODY_LENGTH',
        problem: 'The request has a body without a Content-Length',
        fix: 'Send the length with it, or no body',
      });
    }
    const length = Number(c.req.header('content-length') ?? 0);
    if (length <= bytes) return next();
    return problem({
      status: 413,
      code: 'ERR_BODY_TOO_LARGE',
      problem: `The body has ${length} bytes, but at most ${bytes} are read`,
      fix: 'Send less, or no body',
    });
  };
}

/** Number of counters that all addresses share, so that their memory is bounded. */
const COUNTERS = 4096;

/** Counts what addresses ask for. */
export interface RequestMeter {
  /** Seconds that the address has to wait before it may ask again; undefined: it may now, and that was counted. */
  count(address: string): Promise<number | undefined>;
}

export function createRequestMeter({
  requests,
  windowSeconds,
}: Pick<HttpLimits, 'requests' | 'windowSeconds'>): RequestMeter {
  const limiter = new RateLimiterMemory({ points: requests, duration: windowSeconds });
  return {
    count: (address) =>
      limiter.consume(counterOf(address)).then(
        () => undefined,
        (refused: { readonly msBeforeNext: number }) => Math.ceil(refused.msBeforeNext / 1000),
      ),
  };
}

/** Refuses an address that asks too often; `unlimited`: paths that anyone may ask for at any time. */
export function rateLimit(
  { requests, windowSeconds }: HttpLimits,
  unlimited: readonly string[],
): MiddlewareHandler<HttpEnv> {
  const meter = createRequestMeter({ requests, windowSeconds });
  return async (c, next) => {
    if (unlimited.includes(c.req.path)) return next();
    const wait = await meter.count(c.env.address);
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
  const host = c.req.header('host') ?? '';
  return isLocalHost(host) ? next() : problem(foreignHost(host));
};

/** Whether a Host header names this machine. */
export function isLocalHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(withoutPort(host));
}

export function foreignHost(host: string): Problem {
  return {
    status: 403,
    code: 'ERR_FOREIGN_HOST',
    problem: `The request is for the host ${quote(withoutPort(host))}, but this server answers only for this machine`,
    fix: 'Ask localhost, 127.0.0.1 or [::1], or start the server with an address that others can reach (HOST:PORT)',
  };
}

const withoutPort = (host: string): string => host.replace(/:\d*$/, '').toLowerCase();

/**
 * Whether a request comes from a page of this server, or from no page at all, as programs send them. A proxy says which
 * host it was asked for; pages of elsewhere cannot make a browser say so.
 */
export function isOwnOrigin(
  origin: string | undefined,
  hosts: { readonly asked: string | undefined; readonly forwarded: string | undefined },
): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return host !== '' && [hosts.asked, hosts.forwarded].some((each) => each?.toLowerCase() === host);
}

export function foreignOrigin(origin: string): Problem {
  return {
    status: 403,
    code: 'ERR_FOREIGN_ORIGIN',
    problem: `The request comes from a page of ${quote(origin)}, which is not this server`,
    fix: 'Open the page at the address of this server',
  };
}

/** Refuses what pages of other servers send. */
export const ownPagesOnly: MiddlewareHandler<HttpEnv> = async (c, next) => {
  const origin = c.req.header('origin');
  const hosts = { asked: c.req.header('host'), forwarded: c.req.header('x-forwarded-host') };
  return isOwnOrigin(origin, hosts) ? next() : problem(foreignOrigin(origin ?? ''));
};
