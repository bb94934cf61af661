import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** What `npm ci` installs on a fresh clone. */

interface Lock {
  readonly packages: Readonly<Record<string, { readonly engines?: { readonly node?: string } | string[] }>>;
}

const { packages } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
) as Lock;

/** Whether a range of versions has some of Node 20: by the first number of each of its alternatives. */
const takesNode20 = (range: string) =>
  range.split('||').some((each) => {
    const [, sign = '', major = ''] = /^\s*(>=|\^)?\s*v?(\d+)/.exec(each) ?? [];
    return sign === '>=' ? Number(major) <= 20 : major === '20';
  });

it('every package takes Node 20, so that nobody reads warnings first', () => {
  const ranges = Object.entries(packages).flatMap(([name, { engines }]) =>
    engines === undefined || Array.isArray(engines) || engines.node === undefined
      ? []
      : [[name, engines.node]],
  );
  expect(ranges.length).toBeGreaterThan(100);
  expect(ranges.filter(([, range = '']) => !takesNode20(range))).toEqual([]);
  expect([takesNode20('>=22'), takesNode20('^20.19.0 || >=22.12.0')]).toEqual([false, true]);
});
