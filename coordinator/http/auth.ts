import type { MiddlewareHandler } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import type { HttpEnv } from './limits.js';
import { problemBody } from './problem.js';

/** Lets only requests with the run's token through; they are compared in constant time. */
export function tokenOnly(token: string): MiddlewareHandler<HttpEnv> {
  const refusal = (code: `ERR_${string}`, problem: string) =>
    problemBody({
      code,
      problem,
      fix: 'Send Authorization: Bearer TOKEN with the token that the coordinator got (ATOLL_TOKEN or --token-file)',
    });
  return bearerAuth({
    token,
    noAuthenticationHeader: { message: refusal('ERR_NO_TOKEN', 'The request has no token') },
    invalidAuthenticationHeader: {
      message: refusal('ERR_TOKEN_HEADER', 'The Authorization header of the request is not Bearer TOKEN'),
    },
    invalidToken: { message: refusal('ERR_WRONG_TOKEN', 'The token of the request is not that of this run') },
  });
}
