import { readFile } from 'node:fs/promises';
import { type ConnectionOptions, credsAuthenticator } from 'nats';
import { BadInputError, messageOf } from '../../errors.js';

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
 * What the environment says: `NATS_CREDS`, `NATS_USER` and `NATS_PASSWORD`, or `NATS_TOKEN`; `NATS_CA`, `NATS_CERT`
 * and `NATS_KEY` for TLS. `creds`, from the command line, goes before all of them.
 * Throws a {@link BadInputError} (`ERR_NATS_AUTH`) when half of a pair is missing.
 */
export function readAuth(environment: NodeJS.ProcessEnv, creds?: string): BrokerAuth {
  const set = (name: string) => environment[name] || undefined;
  const [user, password, token] = [set('NATS_USER'), set('NATS_PASSWORD'), set('NATS_TOKEN')];
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

function checkPair(a: string, first: string | undefined, b: string, second: string | undefined): void {
  if ((first === undefined) === (second === undefined)) return;
  throw new BadInputError({
    code: 'ERR_NATS_AUTH',
    expected: `${a} and ${b}, or neither`,
    got: `${first === undefined ? b : a} alone`,
    fix: 'set the other one too',
  });
}

/** The client's options for it. Rejects with a {@link BadInputError} (`ERR_NATS_AUTH`) when a file cannot be read. */
export async function authOptions(
  servers: readonly string[],
  auth: BrokerAuth,
): Promise<Partial<ConnectionOptions>> {
  const { creds, user, password, token } = auth;
  const wanted = auth.tls !== undefined || servers.some((server) => server.startsWith('tls://'));
  const { ca, cert, key } = auth.tls ?? {};
  const tls = {
    ...(ca && { ca: await readText(ca) }),
    ...(cert && { cert: await readText(cert) }),
    ...(key && { key: await readText(key) }),
  };
  return {
    ...(creds !== undefined && { authenticator: credsAuthenticator(Buffer.from(await readText(creds))) }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { pass: password }),
    ...(token !== undefined && { token }),
    ...(wanted && { tls }),
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_NATS_AUTH',
      expected: `a file of credentials or certificates at ${path}`,
      got: messageOf(cause),
      fix: 'check the path, and that you may read it',
      cause,
    });
  }
}

/**
 * Checks the URLs of a broker's servers: `nats://HOST:PORT` or `tls://HOST:PORT`, or HOST:PORT.
 * Throws a {@link BadInputError} (`ERR_NATS_URL`), which never repeats a password.
 */
export function checkServers(servers: readonly string[]): string[] {
  if (servers.length === 0) throw badUrl('nothing');
  return servers.map((server) => {
    const withScheme = server.includes('://') ? server : `nats://${server}`;
    const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
    if (url?.username || url?.password) {
      throw new BadInputError({
        code: 'ERR_NATS_URL',
        expected: 'a URL without a user or a password',
        got: 'one that holds them',
        fix: 'set NATS_USER and NATS_PASSWORD, or NATS_TOKEN, in the environment, or give a credentials file',
      });
    }
    if (url === undefined || !['nats:', 'tls:'].includes(url.protocol) || url.host === '') {
      throw badUrl(JSON.stringify(server));
    }
    return withScheme;
  });
}

function badUrl(got: string): BadInputError {
  return new BadInputError({
    code: 'ERR_NATS_URL',
    expected: 'the URL of a NATS server, such as nats://localhost:4222',
    got,
    fix: 'check the URL',
  });
}
