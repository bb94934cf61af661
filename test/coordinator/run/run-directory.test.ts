import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  createRunDirectory,
  type NewRun,
  openRunDirectory,
  saveSpec,
} from '../../../coordinator/run/run-directory.js';
import { openSqliteStore } from '../../../coordinator/store/sqlite-store.js';
import { TWO_SENTENCES } from '../../sentences.js';
import { labelsOf, specOf, temporaryDirectory } from '../fixtures.js';

describe('a run directory', () => {
  let root: ReturnType<typeof temporaryDirectory>;
  beforeEach(() => {
    root = temporaryDirectory();
  });
  afterEach(() => root.remove());

  const newRun = (change: Partial<NewRun> = {}): NewRun => ({
    spec: specOf(3),
    versions: { atoll: '0.1.0', node: '20.0.0', engine: 'onnxruntime-node 1.30.0' },
    created: new Date('2025-01-02T03:04:05.000Z'),
    labels: labelsOf(3),
    installModel: (directory) => writeFile(join(directory, 'model.onnx'), 'weights'),
    ...change,
  });

  it('holds the full spec, the versions, the archive and the model, and is read back as it was written', async () => {
    const run = await createRunDirectory(root.path, newRun());
    expect(readdirSync(run.path).sort()).toEqual(['archive.db', 'model', 'run.yaml']);
    expect(readdirSync(root.path)).toEqual(['test']);
    expect(await openRunDirectory(run.path)).toEqual(run);
    const { created, versions, spec } = newRun();
    expect(parse(readFileSync(run.runFile, 'utf8'))).toEqual({
      created: created.toISOString(),
      versions,
      spec,
    });
    const store = openSqliteStore(run.archiveFile);
    expect(store.labels).toEqual(labelsOf(3));
    store.close();
  });

  it('makes the directories above it that are missing, and takes them back when it fails', async () => {
    const deep = join(root.path, 'a', 'b');
    const installModel = () => Promise.reject(new Error('cannot be copied'));
    await expect(createRunDirectory(deep, newRun({ installModel }))).rejects.toThrow('cannot be copied');
    expect(readdirSync(root.path)).toEqual([]);
    const { path } = await createRunDirectory(deep, newRun());
    expect(path).toBe(join(deep, 'test'));
  });

  it.skipIf(process.platform !== 'linux')(
    'is refused where none can ever be made (Node hangs there)',
    async () => {
      await expect(createRunDirectory('/proc/nowhere', newRun())).rejects.toMatchObject({ exitCode: 2 });
    },
  );

  it('takes a changed budget', async () => {
    const run = await createRunDirectory(root.path, newRun());
    const spec = { ...run.spec, budget: { ...run.spec.budget, evaluations: 7 } };
    await saveSpec(run, spec);
    expect(await openRunDirectory(run.path)).toEqual({ ...run, spec });
  });

  it('is not written again when nothing changes', async () => {
    const run = await createRunDirectory(root.path, newRun());
    const opened = await openRunDirectory(run.path);
    const { ino } = statSync(run.runFile);
    await saveSpec(opened, opened.spec);
    expect(statSync(run.runFile).ino).toBe(ino);
  });

  it('is never written over', async () => {
    const run = await createRunDirectory(root.path, newRun());
    await expect(createRunDirectory(root.path, newRun())).rejects.toMatchObject({ code: 'ERR_RUN_EXISTS' });
    expect(await openRunDirectory(run.path)).toEqual(run);
    expect(readdirSync(root.path)).toEqual(['test']);
  });

  it('is there whole or not at all', async () => {
    const installModel = async () => {
      throw new Error('the model cannot be copied');
    };
    await expect(createRunDirectory(root.path, newRun({ installModel }))).rejects.toThrow('cannot be copied');
    expect(readdirSync(root.path)).toEqual([]);
  });

  it('cannot be made where a file is in the way', async () => {
    const path = join(root.path, 'file');
    writeFileSync(path, '');
    await expect(createRunDirectory(path, newRun())).rejects.toMatchObject({ exitCode: 2 });
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it.each([
    ['nothing', (path: string) => rmSync(path, { recursive: true }), /does not exist/],
    ['a foreign directory', (path: string) => rmSync(join(path, 'run.yaml')), /no run\.yaml/],
    ['no archive', (path: string) => rmSync(join(path, 'archive.db')), /no archive\.db/],
    [
      'no model',
      (path: string) => rmSync(join(path, 'model'), { recursive: true }),
      /folder model\/ is empty/,
    ],
    [
      'an empty model',
      (path: string) => rmSync(join(path, 'model', 'model.onnx')),
      /folder model\/ is empty/,
    ],
    [
      'a run.yaml that is no YAML',
      (path: string) => writeFileSync(join(path, 'run.yaml'), 'a: [1,\nb: {'),
      /is not YAML/,
    ],
    [
      'an empty run.yaml',
      (path: string) => writeFileSync(join(path, 'run.yaml'), ''),
      /a run must be keys with values, but it is missing/,
    ],
    [
      'a run.yaml that is a directory',
      (path: string) => {
        rmSync(join(path, 'run.yaml'));
        mkdirSync(join(path, 'run.yaml'));
      },
      /run\.yaml cannot be read \(a directory\)/,
    ],
    [
      'a wrong key in its spec',
      (path: string) => change(path, (file) => ({ ...file, spec: { ...specOf(3), colour: 1 } })),
      /colour/,
    ],
    [
      'a wrong value in its spec',
      (path: string) => change(path, (file) => ({ ...file, spec: { ...specOf(3), islands: 0 } })),
      /islands/,
    ],
    ['an unknown key', (path: string) => change(path, (file) => ({ ...file, note: 1 })), /note/],
    ['no date', (path: string) => change(path, (file) => ({ ...file, created: 'once' })), /created/],
  ])('with %s is refused in one sentence', async (_, spoil, sentence) => {
    const run = await createRunDirectory(root.path, newRun());
    spoil(run.path);
    await expect(openRunDirectory(run.path)).rejects.toThrow(sentence);
    await expect(openRunDirectory(run.path)).rejects.toMatchObject({ exitCode: 2 });
    await expect(openRunDirectory(run.path)).rejects.toThrow(TWO_SENTENCES);
  });

  function change(path: string, edit: (file: Record<string, unknown>) => unknown): void {
    const file = join(path, 'run.yaml');
    writeFileSync(file, stringify(edit(parse(readFileSync(file, 'utf8')))));
  }
});
