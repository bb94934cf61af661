import logUpdate from 'log-update';
import { print } from './output.js';
import { printableLines } from './printable.js';
import { isLive } from './progress.js';

/** Shows a text of several lines: on a terminal in place of the one before, elsewhere below it. */
export function draw(text: string): void {
  if (isLive(process.stdout)) logUpdate(printableLines(text));
  else print(`${text}\n`);
}

/** Leaves the last text standing. */
export function endDrawing(): void {
  if (isLive(process.stdout)) logUpdate.done();
}
