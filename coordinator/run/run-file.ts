import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { BadInputError, messageOf, reasonOf } from '../../protocol/base/errors.js';
import { describeIssue } from '../../protocol/base/issue.js';
import { writeFileAtomic } from '../../protocol/files/atomic.js';
import { checkSpec, type RunSpec } from '../../protocol/spec/run-spec.js';

const versionsSchema = z.strictObject({ atoll: z.string(), node: z.string(), engine: z.string() });

/** Versions that made the run: needed to make it again. */
export type Versions = z.infer<typeof versionsSchema>;

const runFileSchema = z.strictObject({
  created: z.iso.datetime(),
  versions: versionsSchema,
  spec: z.unknown(),
});

/** The content of `run.yaml`. */
export interface RunFile {
  readonly created: Date;
  readonly versions: Versions;
  readonly spec: RunSpec;
}

const HEADING = ' A run of Atoll: everything that it takes to make it again. Its archive is in archive.db.';

/** Writes `run.yaml`, whole or not at all; one that says the same already is left alone. */
export async function writeRunFile(path: string, { created, versions, spec }: RunFile): Promise<void> {
  const body = stringify({ created: created.toISOString(), versions, spec: checkSpec(spec) });
  const text = `#${HEADING}\n${body}`;
  // A coordinator that starts again, and is waited for, has nothing to wait for the disk for.
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  await writeFileAtomic(path, text);
}

/** Reads `run.yaml`; throws a {@link BadInputError} when it is missing, broken, or not what a run writes. */
export async function readRunFile(path: string): Promise<RunFile> {
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (cause) {
    throw broken(`${path} cannot be read (${reasonOf(cause)})`, cause);
  }
  let value: unknown;
  try {
    // The parser's warnings are not printed: the schema decides.
    value = parse(source, { logLevel: 'error' });
  } catch (cause) {
    throw broken(`${path} is not YAML (${reasonOf(cause)})`, cause);
  }
  const result = runFileSchema.safeParse(value);
  if (!result.success) {
    throw broken(`${path} is not as Atoll wrote it: ${describeIssue(result.error, value, 'a run')}`);
  }
  const { created, versions, spec } = result.data;
  try {
    return { created: new Date(created), versions, spec: checkSpec(spec) };
  } catch (cause) {
    throw broken(
      `${path} is not as Atoll wrote it: ${cause instanceof BadInputError ? cause.problem : messageOf(cause)}`,
      cause,
    );
  }
}

function broken(problem: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_RUN_FILE',
    problem,
    fix: 'Undo what was changed in it, or restore it from a backup',
    cause,
  });
}
