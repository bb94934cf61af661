import { type Command, Option } from 'commander';
import { channelCount } from '../../protocol/drawing/tensor-spec.js';
import { DEFAULT_ENCODING, ENCODING_NAMES } from '../../protocol/encodings/names.js';
import { addModelFlags, type ModelFlags, modelFromFlags } from '../cli/model-flags.js';
import { count, wholeNumber } from '../cli/numbers.js';
import { print, printJson, table } from '../cli/output.js';
import { registerBenchCluster } from './bench-cluster.js';
import { registerBenchGallery } from './bench-gallery.js';
import { registerBenchGradient } from './bench-gradient.js';
import { registerBenchSearch } from './bench-search.js';
import { registerBenchSwarm } from './bench-swarm.js';

interface BenchFlags extends ModelFlags {
  readonly encoding: string;
  readonly preset: string;
  readonly views: string;
  readonly batch?: number;
  readonly nodes: number;
  readonly seconds: number;
  readonly seed: number;
  readonly json?: boolean;
}

export function registerBench(program: Command): void {
  const command = program
    .command('bench')
    .description('measure one island on this machine: the engine alone, drawing alone, and the whole loop');
  addModelFlags(command);
  command
    .addOption(
      new Option('--encoding <encoding>', 'kind of genome').choices(ENCODING_NAMES).default(DEFAULT_ENCODING),
    )
    .addOption(
      new Option('--preset <preset>', 'operators and loop of evolution')
        .choices(['default', 'paper'])
        .default('default'),
    )
    .addOption(
      new Option('--views <views>', 'views of an image that the network gets')
        .choices(['single', 'ten-crop'])
        .default('single'),
    )
    .option('--batch <n>', 'images classified in one call (default: depends on the device)', count)
    .option(
      '--nodes <n>',
      'number of expressed nodes that genomes have before the measurement',
      wholeNumber,
      16,
    )
    .option('--seconds <n>', 'duration of the measurement', count, 20)
    .option('--seed <n>', 'seed of every random choice', wholeNumber, 1)
    .option('--json', 'print the result as one line of JSON')
    .action(async (flags: BenchFlags) => bench(flags));
  registerBenchCluster(command);
  registerBenchSwarm(command);
  registerBenchGallery(command);
  registerBenchGradient(command);
  registerBenchSearch(command);
}

async function bench(flags: BenchFlags): Promise<void> {
  const [{ loadDrawer }, { fillSpec }, { checkSpecInput }, { openModel }] = await Promise.all([
    import('../../protocol/drawing/load.js'),
    import('../../protocol/spec/fill-spec.js'),
    import('../../protocol/spec/run-spec.js'),
    import('../../worker/classifier/open.js'),
  ]);
  const { benchIsland } = await import('../bench/island.js');
  const { createProgressLine } = await import('../cli/progress.js');
  const { encoding, preset, views, batch, seed, engine, device } = flags;
  const input = checkSpecInput({
    encoding,
    preset,
    views,
    engine,
    device,
    ...(batch !== undefined && { batch }),
  });
  const { classifier } = await openModel(flags.model, modelFromFlags(flags), flags);
  try {
    await classifier.warmup();
    const spec = fillSpec(
      { ...input, name: 'bench', seed, model: flags.model },
      {
        digest: classifier.digest,
        classes: classifier.classes,
        batch: classifier.batch,
        side: Math.max(classifier.input.width, classifier.input.height),
        channels: channelCount(classifier.input.channels),
      },
    );
    const progress = createProgressLine(() => performance.now());
    const result = await benchIsland({
      spec,
      classifier,
      drawer: loadDrawer(),
      nodes: flags.nodes,
      seconds: flags.seconds,
      clock: () => performance.now() / 1000,
      onRound: (done, of) => progress.update(`round ${done} of ${of}`),
    });
    progress.done();
    const report = {
      model: flags.model,
      engine: classifier.engine,
      device: classifier.device,
      encoding,
      preset,
      views,
      batch: spec.batch,
      seed,
      ...result,
      memoryMegabytes: process.memoryUsage.rss() / 2 ** 20,
    };
    if (flags.json) {
      printJson(report);
      return;
    }
    print(
      table([
        ['engine alone', `${report.classifyRate.toFixed(1)} images/s`],
        ['drawing alone', `${report.drawRate.toFixed(1)} images/s`],
        ['whole loop', `${report.loopRate.toFixed(1)} evaluations/s`],
        ['loop efficiency', report.loopEfficiency.toFixed(3)],
        ['mean expressed nodes', report.meanNodes.toFixed(1)],
        ['memory', `${Math.round(report.memoryMegabytes)} MB`],
      ]),
    );
  } finally {
    await classifier.close();
  }
}
