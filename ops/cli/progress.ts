import { logUpdateStderr } from 'log-update';
import { say, sayAs } from './output.js';
import { printable } from './printable.js';

/** Progress of long work: one live line on a terminal, a plain line now and then elsewhere. */
export interface ProgressLine {
  /** Shows `text`; cheap to call often. */
  update(text: string): void;
  /** Says something above the progress line, at once. */
  note(text: string): void;
  /** Leaves the last text standing. */
  done(): void;
}

const LIVE_MS = 200;
const PLAIN_MS = 10_000;

/**
 * Whether a stream shows lines that change: a terminal, but not one that says that it is 0 columns wide, as some of
 * containers and of build servers do. Nothing fits on a line of that width.
 */
export function isLive({ isTTY, columns }: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>): boolean {
  return isTTY && columns > 0;
}

/** @param clock milliseconds, monotone */
export function createProgressLine(clock: () => number, terminal = isLive(process.stderr)): ProgressLine {
  let shownAt = Number.NEGATIVE_INFINITY;
  let last = '';
  const show = () => {
    if (terminal) logUpdateStderr(last);
    // The next one says the same, a little later.
    else sayAs('debug', last);
  };
  return {
    update(text) {
      last = printable(text);
      if (clock() - shownAt < (terminal ? LIVE_MS : PLAIN_MS)) return;
      shownAt = clock();
      show();
    },
    note(text) {
      if (!terminal) {
        say(text);
        return;
      }
      logUpdateStderr.clear();
      say(text);
      if (last !== '') show();
    },
    done() {
      if (last === '') return;
      show();
      if (terminal) logUpdateStderr.done();
    },
  };
}
