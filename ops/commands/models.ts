import type { Command } from 'commander';
import { BadInputError } from '../../protocol/errors.js';
import { modelsDirectory } from '../../worker/model/cache.js';
import { CATALOGUE, type CatalogueEntry, knownByName, SHIPPED } from '../../worker/model/catalogue.js';
import { inspectModel } from '../../worker/model/inspect.js';
import { isPulled, pullModel } from '../../worker/model/pull.js';
import { print, printJson, table } from '../cli/output.js';
import { createProgressLine, duration } from '../cli/progress.js';

const MEGABYTE = 1e6;
const BAR = 24;

export function registerModels(program: Command): void {
  const models = program
    .command('models')
    .description('the networks that Atoll knows: list, download, look into')
    .option('--json', 'print the result as one line of JSON')
    .action(async ({ json }: { json?: boolean }) => list(json === true));
  models
    .command('pull')
    .description('download a network of the list; an interrupted download goes on where it stopped')
    .argument('<name>', 'a name of `atoll models`')
    .option('--dir <dir>', 'where it goes', modelsDirectory())
    .option('--base-url <url>', 'a mirror of the ONNX model zoo')
    .option('--json', 'print the result as one line of JSON')
    .action(pull);
  models
    .command('inspect')
    .description('what a model file shows: inputs, outputs, operators, digest')
    .argument('<model>', "a model's file, its directory, or its name")
    .action(async (reference: string) => printJson(await inspectModel(reference)));
}

async function list(json: boolean): Promise<void> {
  const rows = await Promise.all(
    CATALOGUE.map(async (entry) => ({
      name: entry.name,
      format: entry.format,
      megabytes: entry.download === undefined ? null : entry.download.size / MEGABYTE,
      digest: entry.digest,
      source: entry.source,
      state: await stateOf(entry),
    })),
  );
  const shipped = {
    name: SHIPPED.name,
    format: 'tfjs-layers',
    megabytes: null,
    state: 'shipped',
    source: 'Atoll',
  };
  if (json) {
    printJson({ models: [shipped, ...rows] });
    return;
  }
  print(
    table([
      ['name', 'MB', 'format', 'state', 'source'],
      ...[shipped, ...rows].map(({ name, megabytes, format, state, source }) => [
        name,
        megabytes === null ? '' : megabytes.toFixed(1),
        format,
        state,
        source,
      ]),
    ]),
  );
}

async function stateOf(entry: CatalogueEntry): Promise<string> {
  if (entry.download === undefined) return 'known by its file';
  return (await isPulled(entry)) ? 'pulled' : 'to be pulled';
}

async function pull(
  name: string,
  { dir, baseUrl, json }: { dir: string; baseUrl?: string; json?: boolean },
): Promise<void> {
  const entry = knownByName(name);
  if (entry === undefined) {
    throw new BadInputError({
      code: 'ERR_UNKNOWN_MODEL',
      expected: 'a name of the catalogue',
      got: name,
      fix: 'run atoll models for the list',
    });
  }
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.once('SIGINT', interrupt);
  const progress = createProgressLine(() => performance.now());
  const show = createDownloadLine(entry.name, () => performance.now() / 1000);
  try {
    const path = await pullModel(entry, dir, {
      ...(baseUrl !== undefined && { baseUrl: baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/` }),
      signal: interruption.signal,
      onProgress: (received, size) => progress.update(show(received, size)),
    });
    progress.done();
    if (json) printJson({ name: entry.name, path, digest: entry.digest });
    else print(path);
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** A bar with rate and time left. `clock` in seconds. */
function createDownloadLine(name: string, clock: () => number): (received: number, size: number) => string {
  let start: { at: number; received: number } | undefined;
  return (received, size) => {
    // A resumed download starts with what is there: only what comes now has a rate.
    start ??= { at: clock(), received };
    const rate = (received - start.received) / Math.max(clock() - start.at, 1e-3);
    const filled = Math.round((BAR * received) / size);
    const bar = '█'.repeat(filled).padEnd(BAR, '░');
    const left = rate > 0 ? ` · ${duration((size - received) / rate)} left` : '';
    const amount = `${(received / MEGABYTE).toFixed(1)} of ${(size / MEGABYTE).toFixed(1)} MB`;
    return `${name} ${bar} ${amount} · ${(rate / MEGABYTE).toFixed(1)} MB/s${left}`;
  };
}
