import { readFile } from 'node:fs/promises';
import { type ConnectionOptions, credsAuthenticator } from 'nats';
import { BadInputError, reasonOf } from '../../base/errors.js';
import type { BrokerAuth } from './credentials.js';

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
      problem: `The file of credentials or certificates ${path} cannot be read (${reasonOf(cause)})`,
      fix: 'Check the path and its permissions',
      cause,
    });
  }
}

/**
 * Checks the URLs of a broker's servers: `nats://HOST:PORT` or `tls://HOST:PORT`, or HOST:PORT.
 * Throws a {@link BadInputError} (`ERR_NATS_URL`), which never repeats a password.
 */
export function checkServers(servers: readonly string[]): string[] {
  if (servers.length === 0) throw badUrl('No NATS server is named');
  return servers.map((server) => {
    const withScheme = server.includes('://') ? server : `nats://${server}`;
    const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
    // What cannot be parsed may hold one too.
    if (url === undefined ? server.includes('@') : url.username || url.password) {
      throw new BadInputError({
        code: 'ERR_NATS_URL',
        problem: 'The URL of a NATS server holds a user or a password, which other people could read',
        fix: 'Set NATS_USER and NATS_PASSWORD, or NATS_TOKEN, in the environment, or give a credentials file',
      });
    }
    if (url === undefined || !['nats:', 'tls:'].includes(url.protocol) || url.host === '') {
      throw badUrl(`${JSON.stringify(server)} is not the URL of a NATS server`);
    }
    return withScheme;
  });
}

function badUrl(problem: string): BadInputError {
  return new BadInputError({
    code: 'ERR_NATS_URL',
    problem,
    fix: 'Give a URL such as nats://localhost:4222',
  });
}
