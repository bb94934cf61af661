import type { Handler, MiddlewareHandler } from 'hono';
import type { HttpEnv } from './limits.js';

/** One endpoint of the server. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** Its pattern, by which metrics name it. */
  readonly path: string;
  /** Who may not pass is refused. */
  readonly guard?: MiddlewareHandler<HttpEnv>;
  readonly handle: Handler<HttpEnv>;
}
