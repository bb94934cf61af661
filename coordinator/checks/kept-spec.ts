import { BadInputError } from '../../protocol/base/errors.js';
import type { RunDirectory } from '../run/run-directory.js';
import type { RunFile } from '../run/run-file.js';
import { type Connection, connect } from '../store/connection.js';
import { text } from '../store/rows.js';

/**
 * `run.yaml` is a text that people edit, so `archive.db` keeps the spec as it was when the run was made: table `spec`,
 * one row a key (`evolution.mutation.rate`), its value as JSON.
 */
const TABLE =
  'CREATE TABLE IF NOT EXISTS spec (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID';

/**
 * What may differ when a run is continued. All other keys decide what the archive holds or how it is made: the batch,
 * too, for it decides which offspring meet which archive.
 */
const MAY_CHANGE = /^(?:budget\..*|audit\..*|device)$/;

/** Every key of a run with its value as JSON. `created` tells a run from an earlier one of the same name. */
export function keysOf({ spec, created }: Pick<RunFile, 'spec' | 'created'>): Map<string, string> {
  return new Map([['created', JSON.stringify(created)], ...flatten('', spec)]);
}

function flatten(prefix: string, value: object): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, string][] =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? flatten(`${prefix}${key}.`, inner)
      : [[`${prefix}${key}`, JSON.stringify(inner)]],
  );
}

/** A key whose value is not what it was, with both values as JSON. */
export interface ChangedKey {
  readonly key: string;
  readonly kept: string;
  readonly found: string;
}

/** The keys that differ and may not. A key that only one side has belongs to another version of Atoll. */
export function changedKeys(
  kept: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): ChangedKey[] {
  return [...found].flatMap(([key, value]) => {
    const before = kept.get(key);
    const same = before === undefined || before === value || MAY_CHANGE.test(key);
    return same ? [] : [{ key, kept: before, found: value }];
  });
}

/** The spec that the archive keeps; undefined for a run of an earlier Atoll. */
export function readKeptSpec(connection: Connection): Map<string, string> | undefined {
  const [table] = connection.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'spec'");
  if (table === undefined) return undefined;
  const rows = connection.rows('SELECT key, value FROM spec');
  return new Map(rows.map((row) => [text(row, 'key'), text(row, 'value')]));
}

/** Keeps the spec in the archive, unless it keeps one already. The run is ours: its lock is held. */
export function keepSpec(run: Pick<RunDirectory, 'archiveFile' | 'spec' | 'created'>): void {
  const connection = connect(run.archiveFile, 'write');
  try {
    if (readKeptSpec(connection) !== undefined) return;
    connection.transaction(() => {
      connection.exec(TABLE);
      for (const [key, value] of keysOf(run)) {
        connection.run('INSERT INTO spec (key, value) VALUES (?, ?)', key, value);
      }
    });
  } finally {
    connection.close();
  }
}

/** Throws a {@link BadInputError} that names the first key of `run.yaml` which is not as the archive keeps it. */
export function checkKeptSpec(run: RunDirectory, kept: ReadonlyMap<string, string>): void {
  const [changed] = changedKeys(kept, keysOf(run));
  if (changed === undefined) return;
  const { key } = changed;
  const [before, now] = [plain(changed.kept), plain(changed.found)];
  throw new BadInputError({
    code: 'ERR_SPEC_CHANGED',
    problem: `run.yaml says ${key} ${now}, but this run was begun with ${key} ${before}`,
    fix: `Restore ${key}: ${before} in ${run.runFile}, or start a new run`,
  });
}

/** As YAML shows it: text without its quotes. */
function plain(json: string): string {
  return json.replace(/^"(.*)"$/, '$1');
}
