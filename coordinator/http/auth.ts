import type { MiddlewareHandler } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { BadInputError } from '../../protocol/errors.js';
import type { HttpEnv } from './limits.js';
import { problemBody } from './problem.js';

/** Characters of a token; a shorter one could be guessed. */
const SHORTEST = 16;
const LONGEST = 512;

/** Throws a {@link BadInputError}, which does not repeat it, unless a header can carry the token and nobody can guess it. */
export function checkToken(token: string, source: string): string {
  if (token.length >= SHORTEST && token.length <= LONGEST && /^[A-Za-z0-9._~+/-]+=*$/.test(token))
    return token;
  throw new BadInputError({
    code: 'ERR_TOKEN',
    expected: `a token of ${SHORTEST} to ${LONGEST} letters, digits and any of ._~+/- in ${source}`,
    got: token === '' ? 'nothing' : `${token.length} characters that are none`,
    fix: 'draw one, for example with: openssl rand -hex 32',
  });
}

/** Lets only requests with the run's token through; they are compared in constant time. */
export function tokenOnly(token: string): MiddlewareHandler<HttpEnv> {
  const refusal = (code: `ERR_${string}`, got: string) =>
    problemBody({
      code,
      expected: "the run's token, as Authorization: Bearer TOKEN",
      got,
      fix: 'take it from where the coordinator got it (ATOLL_TOKEN or --token-file)',
    });
  return bearerAuth({
    token,
    noAuthenticationHeader: { message: refusal('ERR_NO_TOKEN', 'none') },
    invalidAuthenticationHeader: { message: refusal('ERR_TOKEN_HEADER', 'another kind of header') },
    invalidToken: { message: refusal('ERR_WRONG_TOKEN', 'another token') },
  });
}
