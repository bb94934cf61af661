import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { expect } from 'vitest';
import { runAtoll } from './atoll.js';

/** Evolves a small real run below `root`; returns its directory. */
export async function evolveSmallRun(root: string, flags: readonly string[] = []): Promise<string> {
  const up = ['up', '--name', 'small', '--islands', '1', '--seed', '7', '--evaluations', '400', ...flags];
  const { code, stderr } = await runAtoll(up, root);
  expect(code, stderr).toBe(0);
  return join(root, 'runs/small');
}

/** A copy of a run, to be spoilt. */
export async function copyRun(run: string, to: string): Promise<string> {
  await cp(run, to, { recursive: true });
  return to;
}

/** Runs SQL on an archive as somebody would who means harm: no key and no check stops it. */
export function alterArchive(run: string, sql: string): void {
  const database = new Database(join(run, 'archive.db'));
  try {
    database.exec('PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON');
    database.exec(sql);
  } finally {
    database.close();
  }
}

export async function editRunFile(run: string, from: RegExp, to: string): Promise<void> {
  const path = join(run, 'run.yaml');
  const text = await readFile(path, 'utf8');
  expect(text).toMatch(from);
  await writeFile(path, text.replace(from, to));
}
