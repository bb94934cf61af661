import { Hono, type MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ObservedRequest } from '../metrics/http-metrics.js';
import { bodyLimit, type HttpEnv, type HttpLimits, localHostsOnly, rateLimit, urlLimit } from './limits.js';
import { problem, quote } from './problem.js';
import type { Route } from './route.js';

/** A few routes as a function of a request, within the limits: what they do not answer is refused with a sentence. */
export function createRoutedApp(parts: {
  readonly routes: readonly Route[];
  readonly limits: HttpLimits;
  /** Answers only to names of this machine. */
  readonly loopback: boolean;
  /** A request was answered. */
  readonly observe: (request: ObservedRequest) => void;
  /** A request met a defect of ours. */
  readonly onError: (error: Error) => void;
}): Hono<HttpEnv> {
  const { routes, limits, loopback, observe, onError } = parts;
  const app = new Hono<HttpEnv>();
  app.use(measure(observe), harden);
  if (loopback) app.use(localHostsOnly);
  const unlimited = routes.flatMap((route) => (route.unlimited ? route.path : []));
  app.use(rateLimit(limits, unlimited), urlLimit(limits));
  for (const { method, path, bodyBytes = limits.bodyBytes, guard, handle } of routes) {
    app.use(path, async (c, next) => {
      c.set('route', path);
      await next();
    });
    app.use(path, bodyLimit(bodyBytes));
    if (guard) app.on(method, path, guard);
    app.on(method, path, handle);
    app.all(path, (c) => {
      const allowed = method === 'GET' ? 'GET or HEAD' : method;
      return problem({
        status: 405,
        code: 'ERR_METHOD',
        problem: `${path} does not take the method ${quote(c.req.method)}`,
        fix: `Use ${allowed}`,
        headers: { Allow: allowed.replace(' or', ',') },
      });
    });
  }
  app.notFound((c) =>
    problem({
      status: 404,
      code: 'ERR_NOT_FOUND',
      problem: `This server has nothing at ${quote(c.req.path)}`,
      fix: `Ask for one of ${routes
        .slice(0, PATHS_NAMED)
        .map(({ path }) => path)
        .join(', ')}`,
    }),
  );
  app.onError((error) => {
    if (error instanceof HTTPException) return error.getResponse();
    onError(error);
    return problem({
      status: 500,
      code: 'ERR_INTERNAL',
      problem: 'A defect of Atoll kept it from answering this request',
      fix: 'Read what its process printed',
    });
  });
  return app;
}

/** A server of many runs has many more. */
const PATHS_NAMED = 24;

/** Method names are without number, too. */
const METHODS = ['GET', 'HEAD', 'POST'];

function measure(observe: (request: ObservedRequest) => void): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const began = performance.now();
    c.set('route', 'unknown');
    await next();
    observe({
      route: c.get('route'),
      method: METHODS.includes(c.req.method) ? c.req.method : 'other',
      code: c.res.status,
      seconds: (performance.now() - began) / 1000,
    });
  };
}

/** Answers have the type that they name, and are not cached unless a route says so. */
const harden: MiddlewareHandler<HttpEnv> = async (c, next) => {
  await next();
  c.res.headers.set('X-Content-Type-Options', 'nosniff');
  if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
};
