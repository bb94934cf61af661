import { type Command, InvalidArgumentError } from 'commander';
import { stringify } from 'yaml';
import { BadInputError } from '../../protocol/errors.js';
import { modelsDirectory } from '../../worker/model/cache.js';
import { CATALOGUE, type CatalogueEntry, knownByName, SHIPPED } from '../../worker/model/catalogue.js';
import { inspectModel } from '../../worker/model/inspect.js';
import { isPulled, pullModel } from '../../worker/model/pull.js';
import { followInterruption } from '../cli/interruption.js';
import { createMeter, MEGABYTES } from '../cli/meter.js';
import { print, printJson, table } from '../cli/output.js';
import { registerProbe } from './models-probe.js';

/** `atoll models` takes --json from wherever it stands, so its commands have to look there too. */
interface JsonFlag {
  readonly json?: boolean;
}

interface PullFlags extends JsonFlag {
  readonly dir: string;
  readonly baseUrl?: string;
}

export function registerModels(program: Command): void {
  const models = program
    .command('models')
    .description('the networks that Atoll knows: list, download, look into, find out their preprocessing')
    .option('--json', 'print the result as one line of JSON')
    .action(async ({ json }: JsonFlag) => list(json === true));
  models
    .command('pull')
    .description(
      'download a network of the list; pulled again, an interrupted download goes on where it stopped',
    )
    .argument('<name>', 'a name of `atoll models`')
    .option('--dir <dir>', 'where it goes', modelsDirectory())
    .option('--base-url <url>', 'a mirror of the ONNX model zoo', address)
    .option('--json', 'print the result as one line of JSON')
    .action(async (name: string, _: object, self: Command) => pull(name, self.optsWithGlobals()));
  models
    .command('inspect')
    .description('what a model file shows: inputs, outputs, operators, digest')
    .argument('<model>', "a model's file, its directory, or its name")
    .option('--json', 'print the result as one line of JSON')
    .action(async (reference: string, _: object, self: Command) =>
      inspect(reference, self.optsWithGlobals()),
    );
  registerProbe(models);
}

async function list(json: boolean): Promise<void> {
  const rows = await Promise.all(
    CATALOGUE.map(async (entry) => ({
      name: entry.name,
      format: entry.format,
      megabytes: entry.download === undefined ? null : entry.download.size / MEGABYTES.size,
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

async function pull(name: string, { dir, baseUrl, json }: PullFlags): Promise<void> {
  const entry = knownByName(name);
  if (entry === undefined) {
    throw new BadInputError({
      code: 'ERR_UNKNOWN_MODEL',
      ...(name === SHIPPED.name
        ? { problem: `${name} ships with Atoll`, fix: 'Use it as it is' }
        : {
            problem: `Atoll knows no model ${JSON.stringify(name)}`,
            fix: 'Type `atoll models` for the names that it knows',
          }),
    });
  }
  const interruption = followInterruption();
  const meter = createMeter(() => performance.now(), MEGABYTES);
  try {
    const path = await pullModel(entry, dir, {
      ...(baseUrl !== undefined && { baseUrl }),
      signal: interruption.signal,
      onProgress: meter.update,
    });
    meter.done();
    if (json) printJson({ name: entry.name, path, digest: entry.digest });
    else print(path);
  } finally {
    interruption.release();
  }
}

async function inspect(reference: string, { json }: JsonFlag): Promise<void> {
  const inspection = await inspectModel(reference);
  if (json) printJson(inspection);
  else print(stringify(inspection).trimEnd());
}

/** The address of a directory, so that paths go below it. */
function address(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (!/^https?:$/.test(protocol)) throw new InvalidArgumentError('expected an http or https address');
  return text.endsWith('/') ? text : `${text}/`;
}
