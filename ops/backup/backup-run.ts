import { cp, mkdir, mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { create } from 'tar';
import { openArchive } from '../../coordinator/checks/inspect-archive.js';
import { openRunDirectory } from '../../coordinator/run/run-directory.js';
import { copyArchive } from '../../coordinator/store/copy-archive.js';
import { integer } from '../../coordinator/store/rows.js';
import { BadInputError, reasonOf } from '../../protocol/base/errors.js';

/** What a backup holds. */
export interface Backup {
  readonly run: string;
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  readonly elites: number;
  readonly jumps: number;
}

/**
 * Writes a run to one tar file, complete or not at all, while the run goes on: the archive as of one moment, the spec, the
 * model, what experiments found. Unpacked, it is a run directory. Rejects with a {@link BadInputError} where there is no such run, the file is
 * there already, or the disk does not take it.
 */
export async function backupRun(path: string, target: string): Promise<Backup> {
  const run = await openRunDirectory(path);
  const file = resolve(target);
  await checkTarget(file);
  const scratch = await makeScratch(file);
  try {
    const copy = join(scratch, run.spec.name);
    await mkdir(copy);
    // The archive first: a budget that is changed meanwhile is a later one, which does no harm.
    const archive = join(copy, basename(run.archiveFile));
    copyArchive(run.archiveFile, archive);
    const counts = countsOf(archive);
    await cp(run.runFile, join(copy, basename(run.runFile)));
    await cp(run.modelDirectory, join(copy, basename(run.modelDirectory)), { recursive: true });
    await copyExperiments(join(run.path, 'lab'), join(copy, 'lab'));
    const packed = join(scratch, 'packed.tar');
    await create({ file: packed, cwd: scratch, portable: true, strict: true }, [run.spec.name]);
    await settle(packed);
    await rename(packed, file);
    return { run: run.spec.name, file, bytes: (await stat(file)).size, ...counts };
  } catch (error) {
    throw explainWriting(error, file);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What can be made again of the archive (`report/`, `export/`) is left out; what was measured is not. */
async function copyExperiments(lab: string, to: string): Promise<void> {
  // Not there: no experiment was made.
  if ((await stat(lab).catch(() => undefined))?.isDirectory() !== true) return;
  await cp(lab, to, { recursive: true, filter: (path) => !path.endsWith('.tmp') });
}

async function checkTarget(file: string): Promise<void> {
  // Not there, as it should be.
  const there = await stat(file).catch(() => undefined);
  if (there === undefined) return;
  throw new BadInputError({
    code: 'ERR_FILE_EXISTS',
    problem: there.isDirectory() ? `${file} is a directory` : `${file} exists already`,
    fix: 'Give the name of a new file, such as night.tar',
  });
}

/** Beside the file, so that the last step is a rename. */
async function makeScratch(file: string): Promise<string> {
  try {
    return await mkdtemp(join(dirname(file), `.${basename(file)}-`));
  } catch (error) {
    throw explainWriting(error, file);
  }
}

/** What was written is on the disk, not in the kernel's memory. */
async function settle(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Looks through the copy as `atoll verify` would begin: throws a {@link BadInputError} when it is damaged. */
function countsOf(archive: string): Pick<Backup, 'elites' | 'jumps'> {
  const connection = openArchive(archive, 'read');
  try {
    const count = (table: string) =>
      integer(connection.rows(`SELECT count(*) AS n FROM ${table}`)[0] ?? {}, 'n');
    return { elites: count('elite'), jumps: count('jump') };
  } finally {
    connection.close();
  }
}

function explainWriting(error: unknown, file: string): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error;
  return new BadInputError({
    code: 'ERR_BACKUP',
    problem: `${file} cannot be written (${reasonOf(error)})`,
    fix: 'Choose another place, with room for twice the run',
    cause: error,
  });
}
