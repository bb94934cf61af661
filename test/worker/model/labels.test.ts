import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fitLabels, readLabels, readLabelTable } from '../../../worker/model/labels.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-labels-'));
});
afterAll(() => rm(root, { recursive: true }));

it('labels in UTF-16 are read as they are in UTF-8', async () => {
  const text = '\uFEFFчерепаха\r\nçäé\r\n猫\r\n';
  const little = Buffer.from(text, 'utf16le');
  for (const bytes of [Buffer.from(text), little, Buffer.from(little).swap16()]) {
    const path = join(root, 'labels.txt');
    await writeFile(path, bytes);
    expect((await readLabelTable(path)).labels).toEqual(['черепаха', 'çäé', '猫']);
  }
});

it('labels of another count are refused with both counts', async () => {
  const path = join(root, 'few.txt');
  await writeFile(path, 'a\nb\n');
  await expect(readLabels(path, 3)).rejects.toThrow(
    `${path} has 2 labels, but the network has 3 classes. Give the labels of this network, one for each class.`,
  );
  expect(await readLabels(path, 2)).toEqual(['a', 'b']);
  expect(await readLabels(path, undefined)).toEqual(['a', 'b']);
});

it('a file that is not there is named', async () => {
  await expect(readLabels(join(root, 'none.txt'), 3)).rejects.toThrow(
    /none\.txt cannot be read \(no such file/,
  );
});

it('a network with one score has two classes', () => {
  expect(fitLabels(['dog'], 1, 'l.txt')).toEqual(['not dog', 'dog']);
  expect(fitLabels(['cat', 'dog'], 1, 'l.txt')).toEqual(['cat', 'dog']);
  expect(() => fitLabels(['a', 'b', 'c'], 1, 'l.txt')).toThrow(
    'l.txt has 3 labels, but the network has 2 classes',
  );
  expect(() => fitLabels(['dog'], 2, 'l.txt')).toThrow('l.txt has 1 label, but the network has 2 classes');
});
