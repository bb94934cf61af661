import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isTaken, makeDirectoryAtomic, writeFileAtomic } from '../../../protocol/files/atomic.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-atomic-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('a file', () => {
  it('is replaced whole, and nothing lies beside it', async () => {
    const path = join(root, 'a.txt');
    await writeFileAtomic(path, 'one');
    await writeFileAtomic(path, 'two');
    expect([await readFile(path, 'utf8'), await readdir(root)]).toEqual(['two', ['a.txt']]);
  });

  it('that cannot be put in its place leaves nothing behind, and says where it was to go', async () => {
    const path = join(root, 'taken');
    await mkdir(path);
    const writing = writeFileAtomic(path, 'one');
    await expect(writing).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE', exitCode: 2 });
    await expect(writing).rejects.toThrow(`${path} cannot be written`);
    expect(await readdir(root)).toEqual(['taken']);
  });
});

describe('a directory', () => {
  const fill = (building: string) => writeFile(join(building, 'a.txt'), 'one');

  it('is there whole, with those above it, also where an empty one was', async () => {
    const path = join(root, 'above/it');
    await makeDirectoryAtomic(path, fill);
    expect([await readdir(path), await readdir(join(root, 'above'))]).toEqual([['a.txt'], ['it']]);
    await mkdir(join(root, 'empty'));
    await makeDirectoryAtomic(join(root, 'empty'), fill);
    expect(await readdir(join(root, 'empty'))).toEqual(['a.txt']);
  });

  it('that cannot be filled leaves nothing behind, not even those above it', async () => {
    const fault = new Error('no more');
    const making = makeDirectoryAtomic(join(root, 'above/it'), async (building) => {
      await fill(building);
      throw fault;
    });
    await expect(making).rejects.toBe(fault);
    expect(await readdir(root)).toEqual([]);
  });

  it('does not take the place of another', async () => {
    const path = join(root, 'it');
    await makeDirectoryAtomic(path, fill);
    const error: unknown = await makeDirectoryAtomic(path, fill).catch((reason: unknown) => reason);
    expect([isTaken(error), await readdir(root)]).toEqual([true, ['it']]);
  });
});
