import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canMountDisks, mountDisk, unmountDisk } from '../small-disk.js';
import { runAtoll } from './atoll.js';
import { snapshot } from './snapshot.js';

/** A disk that is full is a very small one. */

/** Room for the shipped network (230 kB) and little more, or not even for that. */
const SMALL = 420;
const TINY = 200;

let home: string;
let disk: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'atoll-disk-'));
  disk = join(home, 'disk');
  await mkdir(disk);
});
afterEach(async () => {
  unmountDisk(disk);
  await rm(home, { recursive: true, force: true });
});

/** The same genomes take their place in the archive all the time: it grows by 1.6 kB a jump. */
const UP = 'up --islands 1 --seed 1 --encoding direct'.split(' ');

describe.skipIf(!canMountDisks())('a full disk (which takes the right to mount one)', () => {
  const SENTENCE = /^atoll: [^\n]+ cannot be written: the disk is full\. Free some space [^\n]+\n$/;

  it('refuses a run in one sentence, and leaves nothing behind', async () => {
    mountDisk(disk, TINY);
    const { code, stdout, stderr } = await runAtoll([...UP, '--runs', disk, '--evaluations', '100'], home);
    expect(stderr).toMatch(SENTENCE);
    expect({ code, stdout, left: await readdir(disk) }).toEqual({ code: 4, stdout: '', left: [] });
  });

  it('refuses an export in one sentence, and leaves the earlier one as it was', async () => {
    const run = ['--runs', home, '--name', 'run', '--evaluations', '200'];
    expect((await runAtoll([...UP, ...run])).code).toBe(0);
    mountDisk(disk, TINY);
    const out = ['export', join(home, 'run'), '--what', 'images', '--out', join(disk, 'export')];
    expect((await runAtoll([...out, '--size', '8'])).code).toBe(0);
    const before = await snapshot(disk);
    const { code, stdout, stderr } = await runAtoll([...out, '--size', '2048']);
    expect(stderr.split('\n').at(-2)).toMatch(/disk is full/);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(await snapshot(disk)).toEqual(before);
  });

  it('ends a run that goes on in one sentence; with more room it can be resumed, and has lost nothing', async () => {
    mountDisk(disk, SMALL);
    const budget = ['--evaluations', '20000', '--json'];
    const full = await runAtoll([...UP, '--runs', disk, '--name', 'run', ...budget]);
    expect(full.stderr.split('\n').at(-2)).toMatch(/^atoll: .+\. Free some space/);
    expect({ code: full.code, stdout: full.stdout }).toEqual({ code: 4, stdout: '' });
    mountDisk(disk, 8000, 'remount');
    const resumed = await runAtoll(['up', '--resume', join(disk, 'run'), '--json']);
    const whole = await runAtoll([...UP, '--runs', home, '--name', 'whole', ...budget]);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(digestIn(resumed.stdout)).toBe(digestIn(whole.stdout));
  });
});

function digestIn(stdout: string): unknown {
  return (JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { archiveDigest: string }).archiveDigest;
}
