import type { Command } from 'commander';
import type { Encoding } from '../../protocol/encodings/names.js';
import { type ModelFlags, modelFromFlags } from '../cli/model-flags.js';
import { print, printJson, table } from '../cli/output.js';

interface GradientFlags extends ModelFlags {
  readonly encoding: Encoding;
  readonly batch?: number;
  readonly seconds: number;
  readonly seed: number;
  readonly json?: boolean;
}

export function registerBenchGradient(bench: Command): void {
  bench
    .command('gradient')
    .description(
      'measure what a gradient costs, in forward passes of the network; with --encoding dense, by weights too',
    )
    .action(async (_: object, self: Command) => gradient(self.optsWithGlobals()));
}

async function gradient(flags: GradientFlags): Promise<void> {
  const [{ openModel }, { benchGradient }] = await Promise.all([
    import('../../worker/classifier/open.js'),
    import('../bench/gradient.js'),
  ]);
  const { classifier } = await openModel(flags.model, modelFromFlags(flags), flags);
  try {
    const result = await benchGradient({
      classifier,
      encoding: flags.encoding,
      batch: flags.batch ?? classifier.batch,
      seconds: flags.seconds,
      seed: flags.seed,
      clock: () => performance.now() / 1000,
    });
    if (flags.json) {
      printJson({ model: flags.model, engine: classifier.engine, device: classifier.device, ...result });
      return;
    }
    const { drawn } = result;
    const passes = (count: number) => `${count.toFixed(2)} forward passes`;
    const milliseconds = (seconds: number) => `${(1000 * seconds).toFixed(2)} ms an image`;
    print(
      table([
        ['classify', milliseconds(result.forwardSeconds)],
        ['gradient', milliseconds(result.gradientSeconds)],
        ['cost', passes(result.forwardPasses)],
        ...(drawn === undefined
          ? []
          : [
              ['drawn by the engine', passes(drawn.classifyPasses)],
              ['with the gradient', passes(drawn.gradientPasses)],
              ['bytes to the engine', `${drawn.bytes}`],
            ]),
      ]),
    );
  } finally {
    await classifier.close();
  }
}
