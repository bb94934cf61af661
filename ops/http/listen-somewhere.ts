import type { createHttpApp } from '../../coordinator/http/app.js';
import { HTTP_LIMITS } from '../../coordinator/http/limits.js';
import type { LiveDoor } from '../../coordinator/http/live-door.js';
import { type HttpServer, listen } from '../../coordinator/http/server.js';
import { BadInputError } from '../../protocol/base/errors.js';
import { urlOf } from './http-address.js';
import type { HttpSettings } from './http-flags.js';

/**
 * Listens at the address that was asked for. If none was asked for and the default port is taken, it takes another. Rejects with a
 * {@link BadInputError} when it may not.
 */
export async function listenSomewhere({
  app,
  live,
  settings,
}: {
  readonly app: ReturnType<typeof createHttpApp>;
  readonly live: LiveDoor;
  readonly settings: Pick<HttpSettings, 'address' | 'fallback'>;
}): Promise<HttpServer> {
  const { address, fallback } = settings;
  const parts = { live, limits: HTTP_LIMITS };
  try {
    return await listen(app, { ...address, ...parts });
  } catch (error) {
    const taken = error instanceof BadInputError && error.code === 'ERR_PORT_TAKEN';
    if (!fallback || !taken) throw error;
    return listen(app, { host: address.host, port: 0, ...parts });
  }
}

/** The line that says where. */
export function watchLine(
  { address, fallback }: Pick<HttpSettings, 'address' | 'fallback'>,
  port: number,
): string {
  const elsewhere = fallback && port !== address.port ? ` (port ${address.port} is taken)` : '';
  return `watch it at ${urlOf(address.host, port)}${elsewhere}`;
}
