import type { Handler, MiddlewareHandler } from 'hono';
import type { HttpEnv } from './limits.js';

/** One endpoint of the server. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** Its pattern, by which metrics name it. */
  readonly path: string;
  /** Bytes of a body that it reads; absent: it needs none. */
  readonly bodyBytes?: number;
  /** Anyone may ask at any time, however much they asked before: it costs nothing, and others rely on the answer. */
  readonly unlimited?: true;
  /** Refuses a request that may not pass. */
  readonly guard?: MiddlewareHandler<HttpEnv>;
  readonly handle: Handler<HttpEnv>;
}
