import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { checkToken } from '../../coordinator/http/token.js';
import { BadInputError, reasonOf } from '../../protocol/base/errors.js';

/** Everyone who knows it can change the run. Never printed, never on a command line. */
export interface Token {
  readonly value: string;
  /** `environment`: it is never written to a file. */
  readonly source: 'environment' | 'file' | 'drawn';
}

/** The token that a person gave: in a file, else in `ATOLL_TOKEN`. Throws a {@link BadInputError} for a text that cannot be a token. */
export async function givenToken(
  file: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Token | undefined> {
  if (file !== undefined) return { value: checkToken(await readTokenFile(file), file), source: 'file' };
  const value = environment.ATOLL_TOKEN;
  return value ? { value: checkToken(value, 'ATOLL_TOKEN'), source: 'environment' } : undefined;
}

export function drawToken(): Token {
  return { value: randomBytes(32).toString('base64url'), source: 'drawn' };
}

async function readTokenFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_TOKEN_FILE',
      problem: `The token file ${path} cannot be read (${reasonOf(cause)})`,
      fix: 'Check the path and its permissions',
      cause,
    });
  }
}
