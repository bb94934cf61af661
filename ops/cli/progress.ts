import { logUpdateStderr } from 'log-update';
import { type Note, say, type Told } from './output.js';
import { printable } from './printable.js';

/** Progress of long work: one live line on a terminal, a plain line now and then elsewhere. */
export interface ProgressLine {
  /** Shows `text`, of which `figures` are the numbers; cheap to call often. */
  update(text: string, figures?: Figures): void;
  /** Says something above the progress line, at once. */
  readonly note: Note;
  /** Leaves the last text standing. */
  done(): void;
}

/** What a line of progress tells a program. */
export type Figures = Readonly<Record<string, number>>;

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
  let told: Told = { event: 'progress' };
  const show = () => {
    if (terminal) logUpdateStderr(last);
    // The next one says the same, a little later.
    else say(last, told, 'debug');
  };
  return {
    update(text, figures) {
      last = printable(text);
      told = { event: 'progress', ...figures };
      if (clock() - shownAt < (terminal ? LIVE_MS : PLAIN_MS)) return;
      shownAt = clock();
      show();
    },
    note(text, what, urgency) {
      if (!terminal) {
        say(text, what, urgency);
        return;
      }
      logUpdateStderr.clear();
      say(text, what, urgency);
      if (last !== '') show();
    },
    done() {
      if (last === '') return;
      show();
      if (terminal) logUpdateStderr.done();
    },
  };
}
