import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { GalleryRound, Stretch } from '../bench/gallery/gallery.js';
import { followInterruption } from '../cli/interruption.js';
import { count, wholeNumber } from '../cli/numbers.js';
import { print, printJson, table } from '../cli/output.js';
import { median } from '../lab/statistics/quantile.js';

interface GalleryFlags {
  readonly model: string;
  readonly encoding: string;
  readonly pages: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly seed: number;
  readonly json?: boolean;
}

export function registerBenchGallery(bench: Command): void {
  bench
    .command('gallery')
    .description('measure what open pages cost a run: with and without them, in turns, in one run')
    .option('--pages <n>', 'number of pages, at most 256', count, 200)
    .option('--rounds <n>', 'number of pairs of measurements', count, 8)
    .option('--seconds <n>', 'duration of each measurement', count, 10)
    .option('--seed <n>', 'seed of every random choice', wholeNumber, 1)
    .action(async (_: object, self: Command) => gallery(self.optsWithGlobals()));
}

async function gallery(flags: GalleryFlags): Promise<void> {
  const [{ benchGallery }, { createProgressLine }] = await Promise.all([
    import('../bench/gallery/gallery.js'),
    import('../cli/progress.js'),
  ]);
  const { model, encoding, pages, rounds, seconds, seed } = flags;
  const directory = await mkdtemp(join(tmpdir(), 'atoll-gallery-'));
  const progress = createProgressLine(() => performance.now());
  const interruption = followInterruption();
  try {
    const measured = await benchGallery({
      flags: ['--model', model, '--encoding', encoding, '--seed', `${seed}`],
      pages,
      rounds,
      seconds,
      directory,
      signal: interruption.signal,
      onProgress: progress.update,
    });
    progress.done();
    const ratio = median(
      measured.map((round) => round.with.evaluationsPerSecond / round.without.evaluationsPerSecond),
    );
    const load = median(measured.map((round) => round.with.coordinatorLoad - round.without.coordinatorLoad));
    if (flags.json) printJson({ model, encoding, pages, seconds, seed, ratio, load, rounds: measured });
    else print(describe(measured, ratio, load));
  } finally {
    interruption.release();
    await rm(directory, { recursive: true, force: true });
  }
}

function describe(rounds: readonly GalleryRound[], ratio: number, load: number): string {
  const row = ({ pages, evaluationsPerSecond, coordinatorLoad, bytesPerSecond, memory }: Stretch) => [
    String(pages),
    evaluationsPerSecond.toFixed(0),
    `${(100 * coordinatorLoad).toFixed(1)} %`,
    `${(bytesPerSecond / 1024).toFixed(0)} KiB/s`,
    `${Math.round(memory / 2 ** 20)} MB`,
  ];
  const rows = rounds.flatMap((round) => [row(round.without), row(round.with)]);
  const all = table([['pages', 'evaluations/s', 'coordinator', 'sent', 'memory'], ...rows]);
  return [
    all,
    `With pages the run has ${ratio.toFixed(3)} of its evaluations/s, and the coordinator takes ${(100 * load).toFixed(1)} % of a processor more (medians of the pairs).`,
  ].join('\n');
}
