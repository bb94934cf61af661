#!/usr/bin/env node
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { AtollError, BadInputError, reasonOf } from '../protocol/base/errors.js';
import { EMOJI_SETS, packageOf } from '../worker/emoji/sets.js';
import { modelsDirectory } from '../worker/model/cache.js';
import { followInterruption } from './cli/interruption.js';
import { createMeter, IMAGES } from './cli/meter.js';
import { count, wholeNumber } from './cli/numbers.js';
import { say } from './cli/output.js';
import { describeEpoch } from './train/describe-epoch.js';

/** `npm run train:emoji`: trains the network of a thousand emoji that ships with Atoll. Progress goes to stderr. */

interface Options {
  readonly cache: string;
  readonly out: string;
  readonly epochs: number;
  readonly seed: number;
  readonly restart: boolean;
}

const DRAWINGS = { name: 'drawings', size: 1 };

const program = new Command('train-emoji')
  .description('train the network of 1,000 emoji that ships with Atoll')
  .option('--epochs <n>', 'passes over the 6,000 drawings, about a minute each', count, 30)
  .option('--seed <n>', 'seed of the initial weights, the order and the changes', wholeNumber, 1)
  .option('--out <dir>', 'folder for model.onnx and card.yaml', 'worker/emoji/model')
  .option('--cache <dir>', 'folder for the npm packages and what is drawn of them, 310 MB', cacheOf())
  .option('--restart', 'start from the beginning, and replace the network that is there', false)
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  })
  .parse();

const interruption = followInterruption();

try {
  await train(program.opts<Options>());
} catch (error) {
  if (!(error instanceof AtollError)) throw error;
  say(error.message);
  process.exitCode = error.exitCode;
} finally {
  interruption.release();
}

async function train({ cache, out, epochs, seed, restart }: Options): Promise<void> {
  const [{ drawAll }, { trainEmoji }, { openGradientSession }] = await Promise.all([
    import('../worker/emoji/drawings.js'),
    import('../worker/emoji/train.js'),
    import('../worker/training/onnx-session.js'),
  ]);
  const { signal } = interruption;
  install(cache);
  const drawing = createMeter(() => performance.now(), DRAWINGS);
  const drawings = await drawAll({
    packages: join(cache, 'node_modules'),
    cache: join(cache, 'drawn'),
    onDrawing: drawing.update,
    signal,
  });
  drawing.done();
  say(`training emoji: seed ${seed}, ${epochs} epochs`);
  const meter = createMeter(() => performance.now(), IMAGES);
  const trained = await trainEmoji({
    drawings,
    out: resolve(out),
    seed,
    epochs,
    restart,
    open: openGradientSession,
    signal,
    onStep: ({ done, total }) => meter.update(done, total),
    onEpoch: ({ history }) => meter.note(describeEpoch(history, epochs)),
  });
  meter.done();
  const percent = (100 * trained.accuracy).toFixed(1);
  say(`wrote ${out}: ${percent} % of the drawings of the held-out vendor right, ${trained.bytes} bytes`);
}

/** Gets the packages that are not in the cache at their exact versions. They run nothing. */
function install(cache: string): void {
  const missing = EMOJI_SETS.filter((set) => installedVersion(cache, packageOf(set)) !== set.version);
  if (missing.length === 0) return;
  say(`downloading ${missing.length} npm packages of drawings to ${cache}`);
  mkdirSync(cache, { recursive: true });
  // All at once: npm removes what it is not asked for.
  const wanted = EMOJI_SETS.map((set) => `${packageOf(set)}@${set.version}`);
  const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', cache];
  try {
    execFileSync('npm', ['install', ...flags, ...wanted], { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_PULL',
      problem: `npm could not download the drawings (${reasonOf(cause)})`,
      fix: `Check the network connection, or have npm install these packages in ${cache}: ${wanted.join(' ')}`,
      cause,
    });
  }
}

function installedVersion(cache: string, name: string): string | undefined {
  const manifest = join(cache, 'node_modules', name, 'package.json');
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

function cacheOf(): string {
  return join(modelsDirectory(), '..', 'emoji');
}
