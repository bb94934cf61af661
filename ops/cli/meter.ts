import { duration } from './duration.js';
import { createProgressLine, isLive } from './progress.js';

/** What is counted, and how many of them make one unit that people read. */
export interface Unit {
  readonly name: string;
  readonly size: number;
}

export const IMAGES: Unit = { name: 'images', size: 1 };
export const MEGABYTES: Unit = { name: 'MB', size: 1e6 };

/** Progress of work whose amount is known. */
export interface Meter {
  /** Cheap to call often. */
  update(done: number, total: number): void;
  /** Says something above it, at once. */
  note(text: string): void;
  /** Leaves the last state standing. */
  done(): void;
}

/** @param clock milliseconds, monotone */
export function createMeter(clock: () => number, unit: Unit, terminal = isLive(process.stderr)): Meter {
  const line = createProgressLine(clock, terminal);
  const describe = createGauge(() => clock() / 1000, unit);
  return {
    update(done, total) {
      const text = describe(done, total);
      line.update(terminal ? `${bar(done / total)} ${text}` : text);
    },
    note: line.note,
    done: line.done,
  };
}

/** `12.0 of 61.0 MB · 3.2 MB/s · 15 s left`, from a clock in seconds. */
export function createGauge(
  clock: () => number,
  { name, size }: Unit,
): (done: number, total: number) => string {
  let start: { readonly at: number; readonly done: number } | undefined;
  const amount = (count: number) => (size === 1 ? count.toLocaleString('en-US') : (count / size).toFixed(1));
  return (done, total) => {
    const parts = [`${amount(done)} of ${amount(total)} ${name}`];
    // Bytes that a resumed download had already say nothing about its rate.
    start ??= { at: clock(), done };
    const seconds = clock() - start.at;
    const rate = (done - start.done) / seconds;
    if (seconds > 0 && rate > 0) {
      parts.push(`${(rate / size).toFixed(1)} ${name}/s`);
      if (done < total) parts.push(`${duration((total - done) / rate)} left`);
    }
    return parts.join(' · ');
  };
}

const WIDTH = 24;

function bar(share: number): string {
  return '█'.repeat(Math.round(WIDTH * share)).padEnd(WIDTH, '░');
}
