import { join } from 'node:path';
import { BadInputError } from '../../../protocol/base/errors.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { type OpenedModel, openModel } from '../../../worker/classifier/open.js';
import { type ClassMatch, matchClasses } from '../../../worker/model/labels/match-classes.js';
import { typedPath } from '../../cli/command-line.js';
import { IMAGES } from '../../cli/meter.js';
import { modelFromFlags, type NetworkFlags } from '../../cli/model-flags.js';
import { print, printJson, say } from '../../cli/output.js';
import { labelTableOf } from '../images/label-table.js';
import { longWork, type Step } from '../long-work.js';
import { checkResultDirectory, writeResult } from '../results/write.js';
import { openRunSource, type RunSource } from '../run-source.js';
import { TRANSFER } from './experiment.js';
import { scoreElites } from './score-elites.js';
import { type Transfer, type TransferRun, transferFigures, type Verdicts } from './transfer.js';

export interface TransferFlags extends NetworkFlags {
  readonly run?: readonly string[];
  readonly to?: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

/** What `atoll transfer` does. */
export async function transferCommand(flags: TransferFlags): Promise<void> {
  const { run = [], to = [] } = flags;
  if (run.length === 0 || to.length === 0) {
    throw new BadInputError({
      code: 'ERR_USAGE',
      problem: run.length === 0 ? 'No run is named' : 'No other network is named',
      fix: 'Give --run DIR and --to MODEL, for example --to digits-2; several are separated by commas',
    });
  }
  const opened: OpenedModel[] = [];
  const sources: RunSource[] = [];
  try {
    for (const path of run) sources.push(await openRunSource(path));
    for (const source of sources) {
      await addNetwork(opened, await source.openNetwork());
      for (const further of await source.openFurther()) await addNetwork(opened, further);
    }
    for (const reference of to) {
      await addNetwork(opened, await openModel(reference, modelFromFlags(flags), flags));
    }
    const folder = join(sources[0]?.run.path ?? '.', 'lab/transfer');
    const target = await checkResultDirectory(flags.out ?? folder);
    const matches = await matchAll(sources, opened, flags.labels);
    const transfer = await longWork(IMAGES, (step) => measure(sources, opened, matches, step));
    const result = TRANSFER.resultOf(transfer);
    const directory = await writeResult(target, result);
    if (flags.json) printJson({ transfers: transferFigures(transfer), directory });
    else print(`${result.lede.replaceAll('; ', ';\n')}\nThe figure is in ${typedPath(directory)}`);
  } finally {
    for (const source of sources) source.close();
    for (const { classifier } of opened) await classifier.close();
  }
}

/** The same network is opened and asked once. */
async function addNetwork(opened: OpenedModel[], next: OpenedModel): Promise<void> {
  if (opened.some(({ model }) => model.digest === next.model.digest)) {
    await next.classifier.close();
    return;
  }
  for (const note of next.model.notes) say(note);
  opened.push(next);
}

/** The classes of each network for each run. Rejects with a {@link BadInputError} where none is the same. */
async function matchAll(
  sources: readonly RunSource[],
  opened: readonly OpenedModel[],
  labels: string | undefined,
): Promise<ClassMatch[][]> {
  const all: ClassMatch[][] = [];
  for (const { run, reader } of sources) {
    const from = await labelTableOf(reader.labels, labels);
    const matches: ClassMatch[] = [];
    for (const { model } of opened) {
      const own = model.digest === run.spec.modelDigest;
      const itself: ClassMatch = { classes: [...reader.labels.keys()], by: 'index' };
      const match = own ? itself : matchClasses(from, await labelTableOf(model.labels, labels));
      if (match.classes.every((each) => each === null)) throw unmatched(run.spec.name, model.name);
      matches.push(match);
    }
    all.push(matches);
  }
  return all;
}

async function measure(
  sources: readonly RunSource[],
  opened: readonly OpenedModel[],
  matches: readonly (readonly ClassMatch[])[],
  step: Step,
): Promise<Transfer> {
  const total = sources.reduce((sum, { elites }) => sum + elites.length * opened.length, 0);
  const drawer = loadDrawer();
  let done = 0;
  const runs: TransferRun[] = [];
  for (const [r, { run, reader, elites }] of sources.entries()) {
    const verdicts: Verdicts[] = [];
    for (const [n, { model, classifier }] of opened.entries()) {
      const match = matches[r]?.[n] ?? { classes: [], by: 'index' };
      const own = model.digest === run.spec.modelDigest;
      const before = done;
      const onImage = (count: number) => step(before + count, total);
      const parts = { drawer, classifier, views: run.spec.views, match, own, onImage };
      verdicts.push(await scoreElites(elites, parts));
      done += elites.length;
    }
    runs.push({
      name: run.spec.name,
      encoding: run.spec.encoding,
      network: placeOf(opened, run.spec.modelDigest),
      further: run.spec.objective.digests.map((digest) => placeOf(opened, digest)),
      labels: [...reader.labels],
      classIds: elites.map(({ classId }) => classId),
      stored: elites.map(({ confidence }) => confidence),
      verdicts,
    });
  }
  step(total, total);
  const networks = opened.map(({ model, classifier }) => ({
    name: model.name,
    digest: model.digest,
    classes: classifier.classes,
    labels: [...model.labels],
  }));
  return { networks, runs };
}

function placeOf(opened: readonly OpenedModel[], digest: string): number {
  return opened.findIndex(({ model }) => model.digest === digest);
}

function unmatched(run: string, network: string): BadInputError {
  return new BadInputError({
    code: 'ERR_CLASSES',
    problem: `No class of ${network} has a name that a class of the run ${run} has`,
    fix: 'Give a network of the same things, or names that agree with --labels FILE',
  });
}
