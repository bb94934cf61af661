import type { Command } from 'commander';
import { type HttpAddress, parseHttpAddress } from './http-address.js';
import { drawToken, givenToken, type Token } from './token.js';

/** Flags that say where a coordinator listens for HTTP, and who may change its run there. */
export interface HttpFlags {
  readonly http?: HttpAddress | 'off';
  readonly tokenFile?: string;
}

/** Where a coordinator listens, and with which token. */
export interface HttpSettings {
  readonly address: HttpAddress;
  /** Nobody asked for this port: where it is taken, another will do. */
  readonly fallback: boolean;
  readonly token: Token;
}

export const DEFAULT_ADDRESS: HttpAddress = { host: '127.0.0.1', port: 7464 };

export function addHttpFlags(command: Command, byDefault: string): Command {
  return command
    .option(
      '--http <[host:]port>',
      `address of the run's page and API; 0: a free port; off: no server (default: ${byDefault}, or a free port where that is taken)`,
      parseAddress,
    )
    .option(
      '--token-file <file>',
      'file with the token that is needed to change the run; or set ATOLL_TOKEN (default: a random one)',
    );
}

/**
 * What the flags and the environment say; undefined: nowhere. Rejects with a {@link BadInputError}, also when the port
 * that is asked for cannot be had.
 */
export async function httpFromFlags(
  { http, tokenFile }: HttpFlags,
  byDefault: HttpAddress,
): Promise<HttpSettings | undefined> {
  const address = http ?? byDefault;
  if (address === 'off') return undefined;
  const token = (await givenToken(tokenFile)) ?? drawToken();
  const fallback = http === undefined;
  if (!fallback) {
    // Loaded only where it is wanted: it brings the libraries of the server.
    const { checkListening } = await import('../../coordinator/http/server.js');
    await checkListening(address);
  }
  return { address, fallback, token };
}

function parseAddress(text: string): HttpAddress | 'off' {
  return text === 'off' ? text : parseHttpAddress(text, 'off, ');
}
