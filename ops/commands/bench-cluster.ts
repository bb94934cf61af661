import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ClusterPair } from '../bench/cluster.js';
import { followInterruption } from '../cli/interruption.js';
import { count, seedList } from '../cli/numbers.js';
import { print, printJson, table } from '../cli/output.js';
import { addSetFlag, type SetFlag } from '../cli/set-flag.js';

interface ClusterFlags extends SetFlag {
  readonly model: string;
  readonly islands: number;
  readonly evaluations: number;
  readonly seeds: readonly number[];
  readonly json?: boolean;
}

export function registerBenchCluster(bench: Command): void {
  const command = bench
    .command('cluster')
    .summary('compare `atoll up` with a coordinator and workers on a broker of this machine')
    .description(
      'compare `atoll up` with a coordinator and workers on a broker of this machine; takes --model and --json of `atoll bench`',
    )
    .option('--islands <n>', 'number of islands of each run', count, 2)
    .option('--evaluations <n>', 'number of evaluations of each run', count, 10_000)
    .option('--seeds <list>', 'seeds, each for one pair of runs', seedList, [1, 2, 3]);
  addSetFlag(command).action(async (_: object, self: Command) => cluster(self.optsWithGlobals()));
}

async function cluster(flags: ClusterFlags): Promise<void> {
  const [{ startBroker }, { benchCluster }, { createProgressLine }] = await Promise.all([
    import('../bench/broker.js'),
    import('../bench/cluster.js'),
    import('../cli/progress.js'),
  ]);
  const { islands, evaluations, seeds, set = [] } = flags;
  const directory = await mkdtemp(join(tmpdir(), 'atoll-cluster-'));
  const progress = createProgressLine(() => performance.now());
  const interruption = followInterruption();
  try {
    const broker = await startBroker(directory);
    try {
      const pairs: ClusterPair[] = [];
      for (const seed of seeds) {
        const pair = await benchCluster({
          server: broker.url,
          flags: [
            ...['--model', modelOf(flags), '--evaluations', `${evaluations}`],
            ...set.flatMap((setting) => ['--set', setting]),
          ],
          islands,
          seed,
          directory,
          signal: interruption.signal,
          onProgress: progress.note,
        });
        pairs.push(pair);
      }
      progress.done();
      const summary = summarise(pairs);
      if (flags.json) printJson({ model: flags.model, islands, evaluations, ...summary, pairs });
      else print(describe(pairs, summary));
    } finally {
      await broker.stop();
    }
  } finally {
    interruption.release();
    await rm(directory, { recursive: true, force: true });
  }
}

/** A path is relative to where we are, and the same for the commands that we start. */
const modelOf = ({ model }: ClusterFlags) => (/[/\\]/.test(model) ? resolve(model) : model);

interface Summary {
  /** Evaluations a second on the broker to those of `atoll up`, the median over the pairs. */
  readonly rateRatio: number;
  /** Means over the pairs. */
  readonly upMedian: number;
  readonly clusterMedian: number;
}

function summarise(pairs: readonly ClusterPair[]): Summary {
  const ratios = pairs.map(ratioOf).sort((a, b) => a - b);
  const mean = (value: (pair: ClusterPair) => number) =>
    pairs.reduce((sum, pair) => sum + value(pair), 0) / pairs.length;
  return {
    rateRatio: ratios[ratios.length >>> 1] ?? Number.NaN,
    upMedian: mean(({ up }) => up.median),
    clusterMedian: mean((pair) => pair.cluster.median),
  };
}

function ratioOf({ up, cluster }: ClusterPair): number {
  return cluster.evaluationsPerSecond / up.evaluationsPerSecond;
}

function describe(pairs: readonly ClusterPair[], summary: Summary): string {
  return table([
    ['seed', 'up/s', 'cluster/s', 'ratio', 'up median', 'cluster median'],
    ...pairs.map((pair) => [
      `${pair.seed}`,
      pair.up.evaluationsPerSecond.toFixed(1),
      pair.cluster.evaluationsPerSecond.toFixed(1),
      ratioOf(pair).toFixed(3),
      pair.up.median.toFixed(4),
      pair.cluster.median.toFixed(4),
    ]),
    [
      'all',
      '',
      '',
      summary.rateRatio.toFixed(3),
      summary.upMedian.toFixed(4),
      summary.clusterMedian.toFixed(4),
    ],
  ]);
}
