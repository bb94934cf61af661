import { readFileSync } from 'node:fs';
import { BadInputError, reasonOf } from '../../base/errors.js';

/** How a process shows a broker who it is. Secrets come from files and the environment, and are never printed. */
export interface BrokerAuth {
  /** A file that `nsc` wrote. */
  readonly creds?: string;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** Absent: no TLS, unless a URL asks for it. Paths of PEM files. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/**
 * What the environment says: `NATS_CREDS`, `NATS_USER` and `NATS_PASSWORD` (or `NATS_PASSWORD_FILE`), or `NATS_TOKEN`;
 * `NATS_CA`, `NATS_CERT` and `NATS_KEY` for TLS. `creds`, from the command line, goes before all of them.
 * Throws a {@link BadInputError} (`ERR_NATS_AUTH`) when half of a pair is missing, or the file cannot be read.
 */
export function readAuth(environment: NodeJS.ProcessEnv, creds?: string): BrokerAuth {
  const set = (name: string) => environment[name] || undefined;
  const [user, token] = [set('NATS_USER'), set('NATS_TOKEN')];
  const password = set('NATS_PASSWORD') ?? readPassword(set('NATS_PASSWORD_FILE'));
  const [ca, cert, key] = [set('NATS_CA'), set('NATS_CERT'), set('NATS_KEY')];
  const file = creds ?? set('NATS_CREDS');
  if (file === undefined) checkPair('NATS_USER', user, 'NATS_PASSWORD', password);
  checkPair('NATS_CERT', cert, 'NATS_KEY', key);
  const tls = ca !== undefined || cert !== undefined;
  return {
    ...(file !== undefined
      ? { creds: file }
      : {
          ...(user !== undefined && { user }),
          ...(password !== undefined && { password }),
          ...(token !== undefined && { token }),
        }),
    ...(tls && { tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } }),
  };
}

/** A secret as containers get it: the file's first line. */
function readPassword(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8').split('\n')[0]?.trim() || undefined;
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_NATS_AUTH',
      problem: `The file that NATS_PASSWORD_FILE names, ${path}, cannot be read (${reasonOf(cause)})`,
      fix: 'Check the path and its permissions',
      cause,
    });
  }
}

function checkPair(a: string, first: string | undefined, b: string, second: string | undefined): void {
  if ((first === undefined) === (second === undefined)) return;
  throw new BadInputError({
    code: 'ERR_NATS_AUTH',
    problem: `${first === undefined ? b : a} is set, but ${first === undefined ? a : b} is not`,
    fix: 'Set both of them, or neither',
  });
}
