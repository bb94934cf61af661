import type { RandomStream } from '../../protocol/base/random.js';

/** Requests that nobody sends in good faith: every number of a seed gives the same bytes. */

const PATHS = [
  '/',
  '/healthz',
  '/readyz',
  '/metrics',
  '/api/run',
  '/api/islands',
  '/api/archive',
  '/api/archive?above=0.5',
  '/assets/index.js',
  '/api/runs',
  '/api/live',
  '/api/labels',
  '/api/curve',
  '/api/elites/3',
  '/api/elites/3/history',
  '/api/elites/3/lineage',
  '/api/genomes/abcdef',
  '/api/genomes/abcdef/image.png',
  '/api/look',
  '/api/elites/3/image.png?size=8',
  '/api/pause',
  '/api/resume',
  '/api/stop',
] as const;

const METHODS = [
  'GET',
  'POST',
  'HEAD',
  'PUT',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PURGE',
  'get',
  'G\0T',
  'X',
];

const PIECES = [
  '..',
  '%2e%2e',
  '%2f',
  '%5c',
  '\\',
  '//',
  '%00',
  '\0',
  '%zz',
  '%',
  '%c0%af',
  'é',
  '\u{1f98a}',
  '?',
  '#',
  '*',
  ' ',
  '\t',
  ';',
  '@evil.example',
  'http://evil.example/',
  '__proto__',
  'constructor',
  '-1',
  '1e999',
  'NaN',
  '99999999999999999999',
  'size=1025',
  'above=-0',
] as const;

/** Headers that the parser lets through. */
const HEADERS = [
  'Content-Length: 0',
  'Content-Length: 10',
  'Content-Length: 99999999999',
  'Transfer-Encoding: chunked',
  'Expect: 100-continue',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAA\r\nSec-WebSocket-Version: 13',
  'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
  'Origin: https://evil.example',
  'If-None-Match: *',
  'If-None-Match: "x", W/"y", ,',
  'Range: bytes=0-1,3-4,5-',
  'Accept-Encoding: gzip;q=1e9',
  'Cookie: a=b; __Host-a=c',
  'X-Forwarded-For: 127.0.0.1',
  'X-HTTP-Method-Override: POST',
  'Authorization: Basic eDp5',
  'Authorization: Bearer',
  'Authorization: Bearer ../../../etc/passwd',
  'Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'Authorization: Bearer a\r\nAuthorization: Bearer b',
] as const;

/** Headers that make no sense. */
const BROKEN = [
  'Content-Length: -1',
  'Content-Length: 1\r\nContent-Length: 2',
  'Content-Length: 1\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked, gzip',
  'Transfer-Encoding: identity',
  'Host: evil.example',
  'Host: localhost\r\nHost: localhost',
  'Host: [::1',
  'Authorization: Bearer \0',
  ' folded: x',
  'no colon',
  ': no name',
  'bad name: x',
] as const;

const pick = <T>(random: RandomStream, from: readonly T[]): T => from[random.below(from.length)] as T;

function path(random: RandomStream): string {
  let made: string = pick(random, PATHS);
  for (let i = random.chance(0.5) ? random.below(4) : 0; i > 0; i--) {
    const at = random.below(made.length + 1);
    made = made.slice(0, at) + pick(random, PIECES) + made.slice(at);
  }
  return random.chance(0.02) ? made + 'x'.repeat(random.below(20_000)) : made;
}

function headers(random: RandomStream): string[] {
  const made: string[] = random.chance(0.97) ? ['Host: localhost'] : [];
  // Most connections end with their first answer, so that there can be many.
  if (random.chance(0.9)) made.push('Connection: close');
  for (let i = random.below(4); i > 0; i--) made.push(pick(random, HEADERS));
  if (random.chance(0.1)) made.push(pick(random, BROKEN));
  if (random.chance(0.02)) made.push(`X: ${'x'.repeat(random.below(40_000))}`);
  if (random.chance(0.01)) made.push(...Array.from({ length: 500 }, (_, i) => `X-${i}: ${i}`));
  return made;
}

function body(random: RandomStream): string {
  const bodies = [
    '',
    '{}',
    '0\r\n\r\n',
    'ffffffffff\r\n',
    '5\r\nhello\r\n',
    'zz\r\n',
    'x'.repeat(random.below(9000)),
  ];
  return pick(random, bodies);
}

/** One attempt: bytes for a new connection, one per character. */
export function badRequest(random: RandomStream): string {
  if (random.chance(0.03)) {
    return Array.from({ length: random.below(300) }, () => String.fromCharCode(random.below(256))).join('');
  }
  if (random.chance(0.01)) return 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
  const version = random.chance(0.9)
    ? 'HTTP/1.1'
    : pick(random, ['HTTP/1.0', 'HTTP/0.9', 'HTTP/9.9', 'HTCPCP/1.0', '']);
  const method = random.chance(0.85) ? pick(random, ['GET', 'GET', 'POST', 'HEAD']) : pick(random, METHODS);
  const lines = [`${method} ${path(random)} ${version}`, ...headers(random), '', ''];
  let bytes = lines.join('\r\n') + (random.chance(0.3) ? body(random) : '');
  // Several in one write.
  if (random.chance(0.05)) bytes = bytes.repeat(2 + random.below(5));
  if (random.chance(0.1)) {
    const at = random.below(bytes.length);
    bytes = bytes.slice(0, at) + String.fromCharCode(random.below(256)) + bytes.slice(at + 1);
  }
  return random.chance(0.05) ? bytes.slice(0, random.below(bytes.length)) : bytes;
}
