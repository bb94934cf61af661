import { logUpdateStderr } from 'log-update';
import { say } from './output.js';

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

/** @param clock milliseconds, monotone */
export function createProgressLine(clock: () => number, terminal = process.stderr.isTTY): ProgressLine {
  let shownAt = Number.NEGATIVE_INFINITY;
  let last = '';
  const show = () => {
    if (terminal) logUpdateStderr(last);
    else say(last);
  };
  return {
    update(text) {
      last = text;
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

/** Seconds as people say them: `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
