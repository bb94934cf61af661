import { mkdir, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BadInputError, codeOf } from '../../protocol/base/errors.js';
import { isTaken, makeDirectoryAtomic } from '../../protocol/files/atomic.js';
import { explainWriting } from '../../protocol/files/write-errors.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { keepSpec } from './kept-spec.js';
import { type RunFile, readRunFile, type Versions, writeRunFile } from './run-file.js';

/** The directory of a run, complete in itself. */
export interface RunDirectory extends RunFile {
  /** Absolute. */
  readonly path: string;
  readonly runFile: string;
  readonly archiveFile: string;
  readonly modelDirectory: string;
}

/** What a new run is made of. */
export interface NewRun {
  readonly spec: RunSpec;
  readonly versions: Versions;
  readonly created: Date;
  /** One a class. */
  readonly labels: readonly string[];
  /** Puts the model, its card and its labels into the directory that it is given, which exists and is empty. */
  readonly installModel: (directory: string) => Promise<void>;
}

/**
 * Makes `root/NAME`, complete or not at all: it is put together under another name and then renamed.
 * Throws a {@link BadInputError} when a run of that name is there already, or the disk does not take it.
 */
export async function createRunDirectory(root: string, run: NewRun): Promise<RunDirectory> {
  const { spec, versions, created, labels } = run;
  if (labels.length !== spec.classes) {
    throw new RangeError(`expected ${spec.classes} labels, got ${labels.length}`);
  }
  const path = resolve(root, spec.name);
  if (await exists(path)) throw taken(path);
  try {
    await makeDirectoryAtomic(path, async (directory) => {
      const building = layout(directory);
      await mkdir(building.modelDirectory);
      await run.installModel(building.modelDirectory);
      // The code that writes genomes is loaded for a new run alone: a list of runs is quicker without it.
      const { createSqliteStore } = await import('../store/sqlite-store.js');
      createSqliteStore(building.archiveFile, labels).close();
      keepSpec({ ...building, spec, created });
      await writeRunFile(building.runFile, { created, versions, spec });
    });
  } catch (error) {
    if (isTaken(error)) throw taken(path);
    throw explainWriting(error, path);
  }
  return { ...layout(path), created, versions, spec };
}

/**
 * Finds the parts of a run; the archive is only looked at when it is opened (openSqliteStore).
 * Throws a {@link BadInputError} when there is no such run, or a part of it is missing or broken.
 */
export async function openRunDirectory(path: string): Promise<RunDirectory> {
  const parts = layout(resolve(path));
  if (!(await exists(parts.path))) throw noRun(parts.path, 'it does not exist');
  if (!(await exists(parts.runFile))) throw noRun(parts.path, 'it has no run.yaml');
  const file = await readRunFile(parts.runFile);
  if (!(await exists(parts.archiveFile))) throw noRun(parts.path, 'it has no archive.db');
  if (await isEmpty(parts.modelDirectory)) throw noRun(parts.path, 'its folder model/ is empty');
  return { ...parts, ...file };
}

/** Writes a changed spec (a greater budget, say) back to `run.yaml`; `created` and `versions` stay. */
export async function saveSpec(run: RunDirectory, spec: RunSpec): Promise<RunDirectory> {
  await writeRunFile(run.runFile, { ...run, spec });
  return { ...run, spec };
}

function layout(path: string) {
  return {
    path,
    runFile: join(path, 'run.yaml'),
    archiveFile: join(path, 'archive.db'),
    modelDirectory: join(path, 'model'),
  };
}

/** By `stat`, which opens nothing: see {@link connect} for why archive.db must not be opened by other means. */
async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return false;
    throw error;
  }
}

async function isEmpty(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length === 0;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return true;
    throw error;
  }
}

function taken(path: string): BadInputError {
  return new BadInputError({
    code: 'ERR_RUN_EXISTS',
    problem: `A run of this name exists already: ${path}`,
    fix: 'Choose another name with --name, or continue that run with --resume',
  });
}

function noRun(path: string, lacks: string): BadInputError {
  return new BadInputError({
    code: 'ERR_NOT_A_RUN',
    problem: `${path} is not a run directory: ${lacks}`,
    fix: 'Give a directory that has run.yaml, archive.db and model/; `atoll runs` lists them',
  });
}
