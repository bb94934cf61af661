import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../protocol/base/errors.js';
import { trace } from '../../protocol/base/trace.js';
import { say, type Told } from './output.js';
import { withoutSecrets } from './secrets.js';

/** Files of details that one process writes; what comes again and again fills no disk. */
const MOST = 10;
let written = 0;

/** What is told of one. */
export const DEFECT: Told = { event: 'defect' };

/** Says in one line that something happened which Atoll does not expect: see {@link describeDefect}. */
export function reportDefect(error: unknown): void {
  say(`atoll: ${describeDefect(error)}`, DEFECT, 'error');
}

/**
 * What happened and where the details are, in one line. They are written to `$XDG_STATE_HOME/atoll/defects`, else to
 * `~/.local/state/atoll/defects`, else to the folder for temporary files.
 */
export function describeDefect(error: unknown): string {
  const path =
    written < MOST ? (writeDetails(stateDirectory(), error) ?? writeDetails(tmpdir(), error)) : undefined;
  if (path !== undefined) written++;
  const details = path === undefined ? 'The details were not written' : `The details are in ${path}`;
  return `Atoll has a defect (ERR_INTERNAL: ${messageOf(error)}). ${details}.`;
}

function stateDirectory(): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'atoll', 'defects');
}

/** The path of the new file; undefined when it cannot be written there. */
function writeDetails(directory: string, error: unknown): string | undefined {
  const time = new Date().toISOString();
  const path = join(directory, `atoll-${time.replaceAll(':', '-')}-${process.pid}-${written}.txt`);
  const lines = [
    `time: ${time}`,
    `command: ${withoutSecrets(JSON.stringify(process.argv))}`,
    `directory: ${process.cwd()}`,
    `node: ${process.version} on ${process.platform} ${process.arch}`,
    '',
    ...causesOf(error).map((each) => (each instanceof Error ? (each.stack ?? String(each)) : String(each))),
  ];
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(path, `${lines.join('\n')}\n`, { flag: 'wx', mode: 0o600 });
    return path;
  } catch (failure) {
    return trace(`writing ${path}`, failure);
  }
}

/** The error, what caused it, and so on; an error may name itself. */
function causesOf(error: unknown, seen: readonly unknown[] = []): readonly unknown[] {
  if (seen.includes(error)) return seen;
  const all = [...seen, error];
  return error instanceof Error && error.cause !== undefined ? causesOf(error.cause, all) : all;
}
