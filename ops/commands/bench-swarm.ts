import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_ENCODING, ENCODING_NAMES, type Encoding } from '../../protocol/encodings/names.js';
import type { SwarmBench } from '../bench/swarm/measurement.js';
import { followInterruption } from '../cli/interruption.js';
import { count, numberFromZero, wholeNumber } from '../cli/numbers.js';
import { print, printJson, table } from '../cli/output.js';

interface SwarmFlags {
  readonly islands: readonly number[];
  readonly seconds: number;
  readonly rate: number;
  readonly encoding: Encoding;
  readonly nats?: string;
  readonly seed: number;
  readonly json?: boolean;
}

/** As a run's spec allows. */
const MOST_ISLANDS = 1024;

export function registerBenchSwarm(bench: Command): void {
  bench
    .command('swarm')
    .description('measure a broker and a coordinator with many simulated islands, which evolve nothing')
    .option(
      '--islands <list>',
      'numbers of islands, which are measured one after another',
      islandCounts,
      [1, 10, 100, 1000],
    )
    .option('--seconds <n>', 'duration of each measurement', count, 30)
    .option(
      '--rate <n>',
      'elites that each island finds in a second; 0: each island finds its next elite when the last one is stored',
      numberFromZero,
      6,
    )
    .addOption(
      new Option('--encoding <encoding>', 'kind of genome').choices(ENCODING_NAMES).default(DEFAULT_ENCODING),
    )
    .option(
      '--nats <url>',
      'URL of a broker that runs (default: a nats-server is started for the measurement)',
    )
    .option('--seed <n>', 'seed of every random choice', wholeNumber, 1)
    .option('--json', 'print the result as one line of JSON')
    .action(async (_: object, self: Command) => swarm(self.optsWithGlobals()));
}

async function swarm(flags: SwarmFlags): Promise<void> {
  const [{ startBroker }, { benchSwarm }, { createProgressLine }] = await Promise.all([
    import('../bench/broker.js'),
    import('../bench/swarm/swarm.js'),
    import('../cli/progress.js'),
  ]);
  const { rate, seconds, encoding, seed } = flags;
  const directory = await mkdtemp(join(tmpdir(), 'atoll-swarm-'));
  const progress = createProgressLine(() => performance.now());
  const interruption = followInterruption();
  try {
    const broker = flags.nats === undefined ? await startBroker(directory) : undefined;
    try {
      const results: SwarmBench[] = [];
      for (const islands of flags.islands) {
        const result = await benchSwarm({
          servers: [broker?.url ?? flags.nats ?? ''],
          islands,
          encoding,
          rate,
          seconds,
          seed,
          directory,
          brokerSeconds: () => broker?.processorSeconds(),
          onProgress: progress.update,
          signal: interruption.signal,
        });
        results.push(result);
      }
      progress.done();
      if (flags.json) printJson({ encoding, rate, seconds, seed, results });
      else print(describe(results));
    } finally {
      await broker?.stop();
    }
  } finally {
    interruption.release();
    await rm(directory, { recursive: true, force: true });
  }
}

const HEADING = [
  'islands',
  'offered/s',
  'merged/s',
  'jumps/s',
  'messages/s',
  'commit p50',
  'p99',
  'backlog',
  'coordinator',
  'a merge',
  'broker',
  'memory',
  'bytes/evaluation',
];

function describe(results: readonly SwarmBench[]): string {
  return table([
    HEADING,
    ...results.map((result) => [
      String(result.islands),
      result.offered.toFixed(0),
      result.merges.toFixed(0),
      result.jumps.toFixed(0),
      result.messages.toFixed(0),
      `${result.toCommit.p50.toFixed(0)} ms`,
      `${result.toCommit.p99.toFixed(0)} ms`,
      String(result.backlog),
      percent(result.coordinatorLoad),
      Number.isFinite(result.microsecondsPerMerge) ? `${result.microsecondsPerMerge.toFixed(0)} µs` : '',
      result.brokerLoad === undefined ? '' : percent(result.brokerLoad),
      `${result.coordinatorMemory.most.toFixed(0)} MB`,
      `${result.bytesPerEvaluation.sent.toFixed(1)} out, ${result.bytesPerEvaluation.received.toFixed(1)} in`,
    ]),
  ]);
}

/** Of one processor. */
const percent = (load: number) => `${(100 * load).toFixed(0)} %`;

function islandCounts(text: string): readonly number[] {
  const counts = text.split(',').map(Number);
  if (counts.every((islands) => Number.isInteger(islands) && islands >= 1 && islands <= MOST_ISLANDS)) {
    return counts;
  }
  throw new InvalidArgumentError(
    `expected numbers of islands from 1 to ${MOST_ISLANDS}, separated by commas`,
  );
}
