#!/usr/bin/env node
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { AtollError } from '../protocol/base/errors.js';
import type { TrainingStep } from '../worker/digits/training.js';
import { say } from './cli/output.js';

/** `npm run train:digits -- --data DIR`: trains the network that ships with Atoll. Progress goes to stderr. */

interface Options {
  readonly data: string;
  readonly name: string;
  readonly out: string;
  readonly epochs: number;
  readonly seed: number;
  readonly restart: boolean;
}

/** Steps between two lines of progress. */
const STEPS_A_LINE = 100;

const program = new Command('train-digits')
  .description('train the LeNet that ships with Atoll on MNIST')
  .requiredOption('--data <dir>', 'folder of the four MNIST files (*.gz)')
  .option('--epochs <n>', 'passes over the 60,000 images, about 40 s each', atLeast(1), 12)
  .option('--seed <n>', 'seed of the initial weights, the order and the shifts', atLeast(0), 1)
  .option('--name <name>', 'what its card calls the network', 'digits')
  .option('--out <dir>', 'folder for model.json, weights.bin and card.yaml', 'worker/digits/model')
  .option(
    '--restart',
    'start from the beginning, also where an interrupted training could be continued',
    false,
  )
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  })
  .parse();

const stop = new AbortController();
process.once('SIGINT', () => {
  stop.abort();
});

try {
  await train(program.opts<Options>());
} catch (error) {
  if (!(error instanceof AtollError)) throw error;
  say(error.message);
  process.exitCode = error.exitCode;
}

async function train({ data, name, out, epochs, seed, restart }: Options): Promise<void> {
  const { trainDigits } = await import('../worker/digits/train.js');
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  say(`training ${name}: seed ${seed}, ${epochs} epochs`);
  let loss = 0;
  const accuracy = await trainDigits({
    data: resolve(data),
    name,
    out: resolve(out),
    epochs,
    seed,
    restart,
    signal: stop.signal,
    onStep(step: TrainingStep) {
      loss += step.loss;
      if ((step.step + 1) % STEPS_A_LINE !== 0) return;
      const mean = (loss / STEPS_A_LINE).toFixed(4);
      loss = 0;
      say(
        `epoch ${step.epoch + 1}/${epochs}  step ${step.step + 1}/${step.steps}  loss ${mean}  ${seconds()}`,
      );
    },
    onEpoch(epoch, tested) {
      loss = 0;
      say(`epoch ${epoch}/${epochs} done: ${percent(tested)} of the test images are right, ${seconds()}`);
    },
  });
  say(`wrote ${out}: ${percent(accuracy)} of the 10,000 test images right`);
}

function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= least) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least}.`);
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
