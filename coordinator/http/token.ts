import { BadInputError } from '../../protocol/base/errors.js';

/** Characters of a token; a shorter one could be guessed. */
const SHORTEST = 16;
const LONGEST = 512;

/** Throws a {@link BadInputError}, which does not repeat the token, if a header cannot carry it or it is easy to guess. */
export function checkToken(token: string, source: string): string {
  if (token.length >= SHORTEST && token.length <= LONGEST && /^[A-Za-z0-9._~+/-]+=*$/.test(token))
    return token;
  throw new BadInputError({
    code: 'ERR_TOKEN',
    problem: `${source} does not hold a token: a token has ${SHORTEST} to ${LONGEST} letters, digits or any of ._~+/-, without spaces`,
    fix: 'Make a token, for example with `openssl rand -hex 32`',
  });
}
