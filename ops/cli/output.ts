import { reasonOf } from '../../protocol/base/errors.js';
import { typeable } from './command-line.js';
import { printable, printableJson, printableLines } from './printable.js';
import { withoutSecrets } from './secrets.js';

/** Where commands write: results to standard output, everything said on the way to standard error. */

/** One machine-readable line, the last that a command with `--json` prints. */
export function printJson(result: unknown): void {
  process.stdout.write(`${printableJson(result)}\n`);
}

/** A result for a person, of one line or several. */
export function print(text: string): void {
  process.stdout.write(`${printableLines(text)}\n`);
}

/** How much a sentence matters to a reader of logs, ascending. */
export const URGENCIES = ['debug', 'info', 'warn', 'error'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** What a sentence tells, for programs: the name of the event, which stays the same, and its figures as they are. */
export interface Told {
  readonly event: string;
  readonly [field: string]: string | number | boolean;
}

/** Where sentences go that are said on the way. */
export type Voice = (text: string, urgency: Urgency, told?: Told) => void;

/** Takes sentences for the operator: `urgency` is `info` where none is given. */
export type Note = (text: string, told?: Told, urgency?: Urgency) => void;

/** All of them, as they are, on standard error. */
export const plainVoice: Voice = (text) => {
  process.stderr.write(`${text}\n`);
};

let voice = plainVoice;

/** What is said from now on is said so. */
export function speakWith(next: Voice): void {
  voice = next;
}

/**
 * Something said on the way, in one line; commands in it, such as `atoll runs`, are written as they work here. What is
 * secret in a URL is left out.
 */
export const say: Note = (text, told, urgency = 'info') => {
  voice(withoutSecrets(printable(typeable(text))), urgency, told);
};

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe may leave early (`atoll models | head`): it has what it wanted.
  if (error.code === 'EPIPE') return;
  say(`atoll: The result could not be written (${reasonOf(error)}). Send it to another place.`);
  process.exit(2);
});
// A run goes on when its terminal is gone.
process.stderr.on('error', () => {});

/** Rows with their columns aligned; numbers (cells that start with a digit) to the right. */
export function table(cells: readonly (readonly string[])[]): string {
  // Before the widths are taken: a cell is one line.
  const rows = cells.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, i) =>
          /^[\d.,%-]+$/.test(cell) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
