import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** A clone of a few files, whose build only says that it was run. */
let clone: string;
const BUILD = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
appendFileSync('builds', 'x');
await new Promise((resolve) => setTimeout(resolve, 300));
mkdirSync('dist', { recursive: true });
console.log('said by a tool');
if (process.env.BROKEN) process.exit(1);
writeFileSync('dist/.built', '');
`;

async function put(path: string, secondsAgo: number, text = ''): Promise<void> {
  const file = join(clone, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  const time = Date.now() / 1000 - secondsAgo;
  await utimes(file, time, time);
}

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'atoll-clone-'));
  const stale = fileURLToPath(new URL('../../../ops/build/stale.mjs', import.meta.url));
  await mkdir(join(clone, 'ops/build'), { recursive: true });
  await cp(stale, join(clone, 'ops/build/stale.mjs'), { preserveTimestamps: true });
  await utimes(join(clone, 'ops/build/stale.mjs'), 1, 1);
  await put('ops/build/build.mjs', 1000, BUILD);
  await put('protocol/encodings/a.ts', 1000);
  await put('package-lock.json', 1000);
  await put('node_modules/typescript/package.json', 1000);
});
afterEach(() => rm(clone, { recursive: true, force: true }));

interface Ended {
  readonly usable: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command does first. */
async function begin(environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const script =
    'const { buildIfStale } = await import(process.argv[1]); process.exit(buildIfStale() ? 0 : 1)';
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, './ops/build/stale.mjs'], {
    cwd: clone,
    env,
  });
  const [out, err]: string[][] = [[], []];
  child.stdout.on('data', (chunk) => out?.push(String(chunk)));
  child.stderr.on('data', (chunk) => err?.push(String(chunk)));
  const [code] = await once(child, 'close');
  return { usable: code === 0, stdout: out?.join('') ?? '', stderr: err?.join('') ?? '' };
}

const builds = async () => (await readFile(join(clone, 'builds'), 'utf8').catch(() => '')).length;

describe('what is built', () => {
  it('is built when it is missing, and then when a source or a dependency is newer; not for anything else', async () => {
    expect(await begin()).toMatchObject({
      usable: true,
      stdout: '',
      stderr: expect.stringContaining('building'),
    });
    expect(await begin()).toEqual({ usable: true, stdout: '', stderr: '' });
    expect(await builds()).toBe(1);
    await put('ops/notes.md', -10);
    await put('test/a.test.ts', -10);
    expect(await begin()).toMatchObject({ stderr: '' });
    await put('dist/.built', 500);
    await put('protocol/encodings/a.ts', 400);
    await begin();
    expect(await builds()).toBe(2);
    await put('dist/.built', 500);
    await put('package-lock.json', 400);
    await begin();
    expect(await builds()).toBe(3);
  });

  it('is built once when several commands start at the same time', async () => {
    const all = await Promise.all([begin(), begin(), begin()]);
    expect(all.map(({ usable }) => usable)).toEqual([true, true, true]);
    expect(await builds()).toBe(1);
  });

  it('is built though another build was killed in the middle', async () => {
    await put('node_modules/.atoll-build', 0, '999999999');
    expect(await begin()).toMatchObject({ usable: true });
    expect(await builds()).toBe(1);
  });

  it.skipIf(process.getuid?.() === 0)('is used as it is by a user who may not write to it', async () => {
    await put('dist/.built', 2000);
    await chmod(join(clone, 'dist'), 0o555);
    expect(await begin()).toMatchObject({
      usable: true,
      stderr: expect.stringContaining('you may not build'),
    });
    await chmod(join(clone, 'dist'), 0o755);
    expect(await builds()).toBe(0);
  });

  it('is said not to be usable when the build fails', async () => {
    expect(await begin({ BROKEN: '1' })).toMatchObject({
      usable: false,
      stdout: '',
      stderr: expect.stringMatching(/could not be built\. .*`npm run build`\.\n$/),
    });
  });

  it('is taken as it is where there are no tools or no sources, and asked for where there is nothing', async () => {
    await rm(join(clone, 'node_modules'), { recursive: true });
    expect(await begin()).toMatchObject({
      usable: false,
      stderr: expect.stringMatching(/^atoll: .*`npm ci`.*\.\n$/),
    });
    await put('dist/.built', 2000);
    expect(await begin()).toEqual({ usable: true, stdout: '', stderr: '' });
    expect(await builds()).toBe(0);
  });
});
