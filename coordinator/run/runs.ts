import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { summarise } from '../../protocol/archive/summary.js';
import { BadInputError, codeOf, messageOf, reasonOf } from '../../protocol/base/errors.js';
import type { Encoding } from '../../protocol/encodings/genome.js';
import { openSqliteReader } from '../store/sqlite-reader.js';
import { checkReadableFile } from './readable.js';
import { openRunDirectory } from './run-directory.js';
import { lockOwner } from './run-lock.js';

/** A run, at one glance. */
export type RunListing =
  | {
      readonly state: 'running' | 'idle';
      readonly name: string;
      /** Absolute. */
      readonly path: string;
      readonly model: string;
      readonly encoding: Encoding;
      readonly classes: number;
      readonly evaluations: number;
      readonly coverage: number;
      readonly median: number;
      readonly created: Date;
      /** When its archive was last written to. */
      readonly updated: Date;
    }
  | {
      readonly state: 'broken';
      readonly name: string;
      readonly path: string;
      /** What is wrong with it, in one sentence. */
      readonly problem: string;
    };

/** The runs in a directory, by name; none when the directory is missing. Other directories are passed over. */
export async function listRuns(root: string): Promise<RunListing[]> {
  let entries: Awaited<ReturnType<typeof readDirectory>>;
  try {
    entries = await readDirectory(root);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new BadInputError({
      code: 'ERR_RUNS',
      problem: `The directory of runs ${root} cannot be read (${reasonOf(error)})`,
      fix: 'Give the directory that holds your runs with --runs',
      cause: error,
    });
  }
  const names = entries
    .filter((entry) => entry.isDirectory() && !entry.name.endsWith('.tmp'))
    .map(({ name }) => name)
    .sort();
  const listings: RunListing[] = [];
  for (const name of names) {
    const path = resolve(root, name);
    const parts = await Promise.all(['run.yaml', 'archive.db'].map((part) => modified(join(path, part))));
    if (parts.some((date) => date !== undefined)) listings.push(await describeRun(name, path));
  }
  return listings;
}

function readDirectory(root: string) {
  return readdir(root, { withFileTypes: true });
}

async function describeRun(name: string, path: string): Promise<RunListing> {
  try {
    const { spec, created, archiveFile } = await openRunDirectory(path);
    checkReadableFile(archiveFile);
    const reader = openSqliteReader(archiveFile);
    try {
      const confidences = reader.confidences();
      const filled = confidences.reduce((sum, confidence) => sum + (confidence > 0 ? 1 : 0), 0);
      const { coverage, median } = summarise(confidences, filled);
      const written = await Promise.all([modified(archiveFile), modified(`${archiveFile}-wal`)]);
      return {
        state: (await lockOwner(path)) === undefined ? 'idle' : 'running',
        name,
        path,
        model: spec.model,
        encoding: spec.encoding,
        classes: spec.classes,
        evaluations: reader
          .islands()
          .reduce((sum, { checkpoint }) => sum + (checkpoint?.totals.evaluations ?? 0), 0),
        coverage,
        median,
        created,
        updated: new Date(Math.max(...written.map((date) => date?.getTime() ?? 0))),
      };
    } finally {
      reader.close();
    }
  } catch (error) {
    return {
      state: 'broken',
      name,
      path,
      problem: error instanceof BadInputError ? error.problem : messageOf(error),
    };
  }
}

async function modified(path: string): Promise<Date | undefined> {
  try {
    return (await stat(path)).mtime;
  } catch {
    // Not there: a run without an archive yet.
    return undefined;
  }
}
