import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { ScrapeBench } from '../bench/scrape.js';
import { count, wholeNumber } from '../cli/numbers.js';
import { print, printJson, table } from '../cli/output.js';

interface ScrapeFlags {
  readonly classes: number;
  readonly scrapes: number;
  readonly seed: number;
  readonly json?: boolean;
}

export function registerBenchScrape(bench: Command): void {
  bench
    .command('scrape')
    .description(
      'measure what Prometheus takes of a coordinator with a full archive: time and bytes a scrape',
    )
    .option('--classes <n>', 'classes of the archive', count, 1000)
    .option('--scrapes <n>', 'number of scrapes', count, 300)
    .option('--seed <n>', 'seed of every random choice', wholeNumber, 1)
    .option('--json', 'print the result as one line of JSON')
    .action(async (_: object, self: Command) => scrape(self.optsWithGlobals()));
}

async function scrape({ classes, scrapes, seed, json }: ScrapeFlags): Promise<void> {
  const [{ benchScrape }, { createProgressLine }] = await Promise.all([
    import('../bench/scrape.js'),
    import('../cli/progress.js'),
  ]);
  const directory = await mkdtemp(join(tmpdir(), 'atoll-scrape-'));
  const progress = createProgressLine(() => performance.now());
  try {
    const result = await benchScrape({ classes, scrapes, seed, directory, onProgress: progress.update });
    progress.done();
    if (json) printJson({ seed, ...result });
    else print(describe(result));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function describe({ classes, bytes, median, p99, largest, processorSeconds }: ScrapeBench): string {
  const milliseconds = (seconds: number) => `${(1000 * seconds).toFixed(1)} ms`;
  return table([
    ['classes', String(classes)],
    ['size', `${(bytes / 1000).toFixed(1)} kB`],
    ['time, median', milliseconds(median)],
    ['time, 99 %', milliseconds(p99)],
    ['time, largest', milliseconds(largest)],
    ['processor time', milliseconds(processorSeconds)],
  ]);
}
