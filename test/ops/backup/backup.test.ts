import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../coordinator/store/connection.js';
import { openSqliteReader } from '../../../coordinator/store/sqlite-reader.js';
import { runAtoll, startAtoll } from '../atoll.js';
import { callAtoll } from '../call.js';

/** `atoll backup` of a run that real islands evolve meanwhile. */

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-backup-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Told {
  readonly file: string;
  readonly elites: number;
  readonly jumps: number;
}

async function backup(run: string, file: string): Promise<Told> {
  const { code, stdout, stderr } = await callAtoll(['backup', run, join(directory, file), '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout.trim()) as Told;
}

async function restore(file: string): Promise<string> {
  const root = await mkdtemp(join(directory, 'restored-'));
  await extract({ file, cwd: root });
  return join(root, 'busy');
}

describe('a backup of a run that goes on', () => {
  let told: readonly Told[];
  let run: string;
  beforeAll(async () => {
    run = join(directory, 'runs/busy');
    const flags = ['--name', 'busy', '--islands', '2', '--minutes', '5', '--seed', '3'];
    const child = startAtoll(['up', ...flags], directory);
    try {
      await vi.waitFor(async () => {
        const reader = openSqliteReader(join(run, 'archive.db'));
        const jumps = reader.history().length;
        reader.close();
        expect(jumps).toBeGreaterThan(20);
      }, 60_000);
      const made: Told[] = [];
      for (const file of ['1.tar', '2.tar', '3.tar']) made.push(await backup(run, file));
      told = made;
    } finally {
      child.kill('SIGTERM');
      await child.ended;
    }
  });

  it('restores to a run that verifies, and has what it says', async () => {
    for (const { file, elites, jumps } of told) {
      const restored = await restore(file);
      expect((await readdir(restored)).sort()).toEqual(['archive.db', 'model', 'run.yaml']);
      const { code, stderr } = await runAtoll(['verify', restored]);
      expect(code, stderr).toBe(0);
      const reader = openSqliteReader(join(restored, 'archive.db'));
      expect([reader.elites().length, reader.history().length]).toEqual([elites, jumps]);
      reader.close();
    }
  });

  it('is a moment of it: its jumps are the first ones that the run has', async () => {
    const all = openSqliteReader(join(run, 'archive.db'));
    const history = all.history();
    all.close();
    expect(told.map(({ jumps }) => jumps)).toEqual(told.map(({ jumps }) => jumps).toSorted((a, b) => a - b));
    for (const { file, jumps } of told) {
      const reader = openSqliteReader(join(await restore(file), 'archive.db'));
      expect(reader.history()).toEqual(history.slice(0, jumps));
      reader.close();
    }
  });

  it('restores to a run that goes on', async () => {
    const restored = await restore(told[0]?.file ?? '');
    const { code, stderr } = await runAtoll([
      'up',
      '--resume',
      restored,
      '--evaluations',
      '1000000',
      '--minutes',
      '0.02',
    ]);
    expect(code, stderr).toBe(0);
  });

  it('leaves nothing beside its file', async () => {
    expect((await readdir(directory)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('writes over nothing, and says so in one sentence', async () => {
    const file = join(directory, 'mine.tar');
    await writeFile(file, 'mine');
    expect(await callAtoll(['backup', run, file])).toMatchObject({
      code: 2,
      stderr: `atoll: ${file} exists already. Give the name of a new file, such as night.tar.\n`,
    });
    await mkdir(join(directory, 'folder'));
    const there = await callAtoll(['backup', run, join(directory, 'folder')]);
    expect(there.stderr).toContain('is a directory');
    const nowhere = await callAtoll(['backup', run, join(directory, 'no/where.tar')]);
    expect(nowhere).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/cannot be written \(no such file/),
    });
  });

  it('takes no archive that is damaged', async () => {
    const restored = await restore(told[0]?.file ?? '');
    await writeFile(join(restored, 'archive.db'), 'nonsense'.repeat(1000));
    const { code, stderr } = await callAtoll(['backup', restored, join(directory, 'bad.tar')]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not a SQLite database'),
    });
    await expect(readdir(directory)).resolves.not.toContain('bad.tar');
  });

  it('has one whole database, of the application and version that it was', async () => {
    const archive = join(await restore(told[0]?.file ?? ''), 'archive.db');
    const connection = connect(archive, 'read');
    expect(connection.rows('PRAGMA journal_mode')[0]).toEqual({ journal_mode: 'delete' });
    expect(connection.rows('PRAGMA integrity_check')[0]).toEqual({ integrity_check: 'ok' });
    connection.close();
  });
});
