import { BadInputError } from '../../protocol/base/errors.js';
import { decodeGenome } from '../../protocol/encodings/codec.js';
import { misfit } from '../../protocol/encodings/misfit.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import { checkReadable } from '../run/readable.js';
import type { RunDirectory } from '../run/run-directory.js';
import { type Connection, connect } from '../store/connection.js';
import { blob, integer } from '../store/rows.js';
import { checkIdentity } from '../store/sqlite-reader.js';
import { explain } from '../store/store-errors.js';
import { readArchiveRows } from './archive-rows.js';
import { faultsOf } from './invariants.js';
import { checkKeptSpec, readKeptSpec } from './kept-spec.js';

/**
 * Checks that `run.yaml` is the one that the archive was made with. Throws a {@link BadInputError} that names the key
 * that differs. Of a run of an earlier Atoll, whose archive keeps no spec, the keys are checked that the archive shows:
 * classes, encoding, canvas and channels.
 */
export function checkRunSpec(run: RunDirectory): void {
  inspect(run, (connection) => {
    const kept = readKeptSpec(connection);
    if (kept === undefined) checkShownKeys(run, connection);
    else checkKeptSpec(run, kept);
  });
}

/** Throws a {@link BadInputError} when the network in the run's `model/` has another number of classes than the run. */
export function checkModelClasses(run: RunDirectory, classes: number): void {
  if (classes === run.spec.classes) return;
  throw new BadInputError({
    code: 'ERR_CLASSES',
    problem: `run.yaml says classes ${run.spec.classes}, but the network in ${run.modelDirectory} has ${classes}`,
    fix: `Restore classes: ${classes} in ${run.runFile}, or restore the network that the run was begun with`,
  });
}

/**
 * Checks what a run rests on that is to be continued: cells, the jumps that led to them, islands. Quick; `atoll verify`
 * checks the rest. Throws a {@link BadInputError} that names the first thing that does not hold.
 */
export function checkArchive(run: RunDirectory): void {
  inspect(run, (connection) => {
    const [first, ...others] = faultsOf(readArchiveRows(connection, 'heads'), run.spec.classes);
    if (first === undefined) return;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    throw new BadInputError({
      code: 'ERR_RUN_BROKEN',
      problem: `${run.archiveFile} was damaged or changed by hand: ${first.problem}${more}`,
      fix: repairHint(run.path),
    });
  });
}

/**
 * Puts an archive that was left with its journal, as a killed process leaves it, into one file. The run's lock is held.
 * SQLite's statements outlive a connection that is closed until they are collected as garbage: what looks into a file
 * with a journal would keep the run's own connection from putting it away at the end.
 */
export function settleArchive({ archiveFile }: RunDirectory): void {
  try {
    const connection = connect(archiveFile, 'write');
    try {
      // Executed, not prepared: no statement is left over.
      connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      connection.exec('PRAGMA journal_mode = DELETE');
    } finally {
      connection.close();
    }
  } catch {
    // Whatever is wrong with the file is told by who reads it next.
  }
}

/** What to type to mend a run. */
export function repairHint(path: string): string {
  return `Mend it with \`atoll verify --repair ${path}\`, or restore it from a backup`;
}

/** An error of an archive that is opened, which may be of a damaged genome, with what to type to mend it. */
export function withRepairHint(error: unknown, { path }: RunDirectory): unknown {
  const damaged = error instanceof BadInputError && error.code === 'ERR_STORE_CORRUPT';
  if (!damaged) return error;
  return new BadInputError({
    code: 'ERR_RUN_BROKEN',
    problem: error.problem,
    fix: repairHint(path),
    cause: error,
  });
}

function inspect(run: RunDirectory, look: (connection: Connection) => void): void {
  const connection = connect(run.archiveFile, 'read');
  try {
    checkIdentity(connection, run.archiveFile);
    checkReadable(connection, run.archiveFile);
    look(connection);
  } catch (error) {
    throw explain(error, run.archiveFile);
  } finally {
    connection.close();
  }
}

function checkShownKeys(run: RunDirectory, connection: Connection): void {
  const [counted] = connection.rows('SELECT count(*) AS classes FROM class');
  const classes = counted === undefined ? 0 : integer(counted, 'classes');
  const { spec, runFile } = run;
  if (classes !== spec.classes) {
    throw new BadInputError({
      code: 'ERR_SPEC_CHANGED',
      problem: `run.yaml says classes ${spec.classes}, but the archive of this run has ${classes}`,
      fix: `Restore classes: ${classes} in ${runFile}, or start a new run`,
    });
  }
  // One genome is enough: those of a run are all alike, and damage is found elsewhere.
  const [row] = connection.rows(
    'SELECT bytes FROM genome JOIN elite ON elite.genome_id = genome.id WHERE bytes IS NOT NULL LIMIT 1',
  );
  const problem = row === undefined ? undefined : shownProblem(blob(row, 'bytes'), spec);
  if (problem === undefined) return;
  throw new BadInputError({
    code: 'ERR_SPEC_CHANGED',
    problem: `run.yaml does not fit the images in the archive of this run: of the first one, ${problem}`,
    fix: `Restore that key in ${runFile}, or start a new run`,
  });
}

function shownProblem(bytes: Uint8Array, spec: RunDirectory['spec']): string | undefined {
  try {
    return misfit(decodeGenome(bytes), shapeOf(spec));
  } catch {
    // Damage, which the archive's own checks report.
    return undefined;
  }
}
