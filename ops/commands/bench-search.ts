import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_ARMS } from '../bench/search/arm-names.js';
import type { ArmSummary } from '../bench/search/summary.js';
import { followInterruption } from '../cli/interruption.js';
import { type ModelFlags, modelFromFlags } from '../cli/model-flags.js';
import { count, seedList } from '../cli/numbers.js';
import { print, printJson, table } from '../cli/output.js';
import { VERSION } from '../cli/version.js';

interface SearchFlags extends ModelFlags {
  readonly arms: readonly string[];
  readonly cost: number;
  readonly seeds: readonly number[];
  readonly jobs: number;
  readonly out: string;
  readonly json?: boolean;
}

export function registerBenchSearch(bench: Command): void {
  bench
    .command('search')
    .summary('compare ways of searching at equal cost, over seeds: a table, a picture and JSON')
    .description(
      'compare ways of searching at equal cost, over seeds: a table, a picture and JSON; takes --model, --json and the other flags of `atoll bench` that say what the network is',
    )
    .option(
      '--arms <list>',
      'ENCODING:EMITTER[+EMITTER…][/KEY=VALUE…], with keys of evolution; separated by commas',
      armList,
      [...DEFAULT_ARMS],
    )
    .option(
      '--cost <n>',
      'forward passes of each search; one with a gradient counts as several',
      count,
      20_000,
    )
    .option('--seeds <list>', 'seeds, each for one search of each arm', seedList, [1, 2, 3])
    .addOption(
      new Option('--jobs <n>', 'searches at a time')
        .argParser(count)
        .default(availableParallelism(), 'one per core'),
    )
    .option(
      '--out <dir>',
      'folder for the results; searches that are there with the same settings are not done again',
      'bench-search',
    )
    .action(async (_: object, self: Command) => search(self.optsWithGlobals()));
}

function armList(text: string): readonly string[] {
  const arms = text.split(',');
  if (new Set(arms).size < arms.length) throw new InvalidArgumentError('expected arms that differ');
  return arms;
}

async function search(flags: SearchFlags): Promise<void> {
  const [
    { parseArm },
    { doTrials },
    { keptTrials },
    { summarise },
    { searchPicture },
    { resolveModel },
    atomic,
  ] = await Promise.all([
    import('../bench/search/arm.js'),
    import('../bench/search/search.js'),
    import('../bench/search/kept-trials.js'),
    import('../bench/search/summary.js'),
    import('../bench/search/picture.js'),
    import('../../worker/model/resolve.js'),
    import('../../protocol/files/atomic.js'),
  ]);
  const { createProgressLine } = await import('../cli/progress.js');
  const { cost, seeds, jobs, engine, device } = flags;
  const arms = flags.arms.map(parseArm);
  const overrides = modelFromFlags(flags);
  const model = await resolveModel(flags.model, overrides);
  const out = resolve(flags.out);
  await atomic.makeDirectory(out);
  // A seed of each arm first: a night that is cut short has compared them all.
  const network = { reference: referenceOf(flags), overrides, engine, device };
  const orders = seeds.flatMap((seed) =>
    arms.map(({ name: arm }) => ({ arm, seed, cost, version: VERSION, network })),
  );
  const progress = createProgressLine(() => performance.now());
  const interruption = followInterruption();
  try {
    const { digest } = model;
    const all = orders.length;
    const trials = await doTrials({
      ...{ orders, model: digest, kept: keptTrials(out), jobs, signal: interruption.signal },
      onProgress: (done, spent) =>
        progress.update(
          `${done} of ${all} searches · ${spent.toLocaleString('en-US')} forward passes under way`,
        ),
    });
    progress.done();
    const summaries = arms.map(({ name }) =>
      summarise(
        name,
        trials.filter(({ settings }) => settings.arm === name),
        cost,
      ),
    );
    const title = `${model.name}: ${model.labels.length} classes, ${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'}`;
    const [picture, json] = [join(out, 'search.svg'), join(out, 'search.json')];
    await atomic.writeFileAtomic(picture, searchPicture(title, summaries));
    const result = { model: model.name, classes: model.labels.length, cost, seeds, arms: summaries };
    await atomic.writeFileAtomic(json, `${JSON.stringify(result)}\n`);
    if (flags.json) printJson({ ...result, picture, arms: summaries.map(inShort) });
    else print(`${describe(summaries)}\n\n${picture}`);
  } finally {
    interruption.release();
  }
}

/** A path is relative to where we are, and the same for the processes that we start. */
const referenceOf = ({ model }: SearchFlags) => (/[/\\]/.test(model) ? resolve(model) : model);

/** Without the curves, which are in the folder. */
function inShort({ curves, costs: _, ...rest }: ArmSummary): object {
  const last = Object.fromEntries(
    Object.entries(curves).map(([measure, spreads]) => [measure, spreads.at(-1)]),
  );
  return { ...rest, last };
}

function describe(summaries: readonly ArmSummary[]): string {
  const head = ['arm', 'median', 'mean', '≥ .88', '≥ .99', 'cost to median .88', 'to mean .88', 'shares'];
  return table([head, ...summaries.map(rowOf)]);
}

function rowOf({ arm, curves, costToMedian, costToMean, emitters }: ArmSummary): string[] {
  const at = (measure: keyof typeof curves, digits: number) =>
    curves[measure].at(-1)?.mean.toFixed(digits) ?? '';
  const shares = Object.entries(emitters).map(([name, { share }]) => `${name} ${Math.round(100 * share)} %`);
  const costOf = (cost: number | null) => cost?.toLocaleString('en-US') ?? '—';
  return [
    arm,
    at('median confidence', 3),
    at('mean confidence', 3),
    at('classes ≥ .88', 0),
    at('classes ≥ .99', 0),
    costOf(costToMedian),
    costOf(costToMean),
    shares.length > 1 ? shares.join(', ') : '',
  ];
}
