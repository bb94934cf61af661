import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCard } from '../../../worker/model/card.js';
import { readLabels } from '../../../worker/model/labels.js';
import { readModelFile, readPlainFile } from '../../../worker/model/read.js';

let directory: string;
let pipe: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-plain-'));
  pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
});
afterAll(() => rm(directory, { recursive: true }));

describe('a file without an end', () => {
  it.each([
    ['a model', readModelFile],
    ['labels', (path: string) => readLabels(path, 2)],
    ['a card', readCard],
  ])('is refused as %s, and not waited for', async (_, read) => {
    await expect(read(pipe)).rejects.toThrow(/cannot be read \(it is not a regular file\)/);
    await expect(read('/dev/zero')).rejects.toMatchObject({ exitCode: 2 });
  });
});

it('a file has as many bytes as are allowed, and not one more', async () => {
  const path = join(directory, 'text');
  await writeFile(path, '12345');
  expect((await readPlainFile(path, 5)).toString()).toBe('12345');
  await expect(readPlainFile(path, 4)).rejects.toThrow('it has 5 bytes, more than 4');
});
