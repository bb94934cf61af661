import { InvalidArgumentError } from 'commander';

/** Where a process listens for HTTP. */
export interface HttpAddress {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

const LOOPBACK = '127.0.0.1';

/**
 * Reads `[HOST:]PORT`, on loopback where no host is given; throws commander's error, which names what else the flag
 * takes: e.g. `off, `.
 */
export function parseHttpAddress(text: string, otherwise = ''): HttpAddress {
  const [, host, digits] = /^(?:(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    throw new InvalidArgumentError(`expected ${otherwise}a port, or HOST:PORT`);
  }
  return { host: host?.replace(/^\[|\]$/g, '') ?? LOOPBACK, port };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** An address at which this machine reaches what listens on `host`. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

export function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
