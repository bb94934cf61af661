import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  BadInputError,
  DiskFullError,
  InterruptedError,
  UnreachableError,
  VerificationError,
} from '../../protocol/base/errors.js';

/** The page of errors, held to the code that tells them. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'ops/docs/errors.md'), 'utf8');
/** Node's own, which are looked for and never told. */
const FOREIGN = ['ERR_HTTP_REQUEST_TIMEOUT', 'ERR_MODULE_NOT_FOUND'];

const SOURCE = ['protocol', 'coordinator', 'worker', 'ops']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((path) => path.endsWith('.ts') && !path.includes('generated'))
  .map((path) => readFileSync(join(ROOT, path), 'utf8'))
  .join('\n');

/** What each code of the page ends with: numbers, and answers of HTTP. */
const LISTED: ReadonlyMap<string, readonly string[]> = new Map(
  [...PAGE.matchAll(/^\| `(ERR_[A-Z0-9_]+)` \| .+ \| (.+) \|$/gm)].map(([, code = '', ends = '']) => [
    code,
    ends.match(/HTTP \d+|\d+/g) ?? [],
  ]),
);

/** What the code shows: `new XError('ERR_…'` and `status: 404, code: 'ERR_…'`, as far as they stand together. */
function shown(pattern: RegExp, ends: (match: string) => string): [string, string][] {
  return [...SOURCE.matchAll(pattern)].map(([, first = '', second = first]) => [second, ends(first)]);
}

const SHOWN = [
  ...shown(/new BadInputError\(\{\s*code: '(ERR_\w+)'/g, () => '2'),
  ...shown(/new UnreachableError\(\s*'(ERR_\w+)'/g, () => '3'),
  ...shown(/new VerificationError\(\s*'(ERR_\w+)'/g, () => '1'),
  ...shown(/status: (\d+),\s*code: '(ERR_\w+)'/g, (status) => `HTTP ${status}`),
];

describe('the page of errors', () => {
  it('lists every code that is told, and no other', () => {
    const told = new Set([...SOURCE.matchAll(/'(ERR_[A-Z0-9_]+)'/g)].map(([, code = '']) => code));
    const expected = [...told].filter((code) => !FOREIGN.includes(code));
    expect([...LISTED.keys()].sort()).toEqual(expected.sort());
    expect(expected.length).toBeGreaterThan(90);
  });

  it('says of each what the program ends with, or HTTP answers', () => {
    expect(SHOWN.length).toBeGreaterThan(80);
    expect(SHOWN.filter(([code, ends]) => !LISTED.get(code)?.includes(ends))).toEqual([]);
  });

  it('has the exit code of every kind of error', () => {
    const kinds = [
      new BadInputError({ code: 'ERR_USAGE', problem: 'a', fix: 'b' }),
      new UnreachableError('ERR_PULL', 'a.'),
      new VerificationError('ERR_VERIFY', 'a.'),
      new DiskFullError('a', 'b'),
      new InterruptedError(),
    ];
    for (const { code, exitCode } of kinds) {
      expect(PAGE).toMatch(new RegExp(`^\\| ${exitCode} \\| `, 'm'));
      expect(LISTED.get(code)).toContain(`${exitCode}`);
    }
  });
});
