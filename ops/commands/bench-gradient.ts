import type { Command } from 'commander';
import type { Encoding } from '../../protocol/encodings/names.js';
import type { GradientBench } from '../bench/gradient.js';
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
      'measure what a gradient costs, in forward passes of the network: by the image, and by the parameters of genomes of --encoding, if it has some',
    )
    .action(async (_: object, self: Command) => gradient(self.optsWithGlobals()));
}

async function gradient(flags: GradientFlags): Promise<void> {
  const [{ openModel }, { loadDrawer }, { benchGradient }] = await Promise.all([
    import('../../worker/classifier/open.js'),
    import('../../protocol/drawing/load.js'),
    import('../bench/gradient.js'),
  ]);
  const { classifier } = await openModel(flags.model, modelFromFlags(flags), flags);
  try {
    const result = await benchGradient({
      classifier,
      drawer: loadDrawer(),
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
    print(table(rowsOf(result)));
  } finally {
    await classifier.close();
  }
}

function rowsOf({
  forwardSeconds,
  gradientSeconds,
  forwardPasses,
  kernel,
  drawn,
}: GradientBench): string[][] {
  const passes = (count: number) => `${count.toFixed(2)} forward passes`;
  const milliseconds = (seconds: number) => `${(1000 * seconds).toFixed(2)} ms an image`;
  return [
    ['classify', milliseconds(forwardSeconds)],
    ['gradient by the image', milliseconds(gradientSeconds)],
    ['which is', passes(forwardPasses)],
    ...(kernel === undefined
      ? []
      : [
          ['drawn by the kernel', passes(kernel.drawPasses)],
          ['a step, drawn by the kernel', passes(kernel.stepPasses)],
        ]),
    ...(drawn === undefined
      ? []
      : [
          ['drawn by the engine, and classified', passes(drawn.classifyPasses)],
          ['with the gradient', passes(drawn.gradientPasses)],
          ['a step, drawn by the engine', passes(drawn.stepPasses)],
          ['bytes to the engine', `${drawn.bytes}`],
        ]),
  ];
}
