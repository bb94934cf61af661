import { join } from 'node:path';
import { BadInputError } from '../../../protocol/base/errors.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { type OpenedModel, openModel } from '../../../worker/classifier/open.js';
import { typedPath } from '../../cli/command-line.js';
import { IMAGES } from '../../cli/meter.js';
import { modelFromFlags, type NetworkFlags } from '../../cli/model-flags.js';
import { print, printJson, say } from '../../cli/output.js';
import { labelTableOf } from '../images/label-table.js';
import { longWork, type Step } from '../long-work.js';
import { writeResult } from '../results/write.js';
import { openRunSource, type RunSource } from '../run-source.js';
import { TRANSFER } from './experiment.js';
import { matchClasses } from './match-classes.js';
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
    for (const source of sources) await addNetwork(opened, () => source.openNetwork());
    for (const reference of to) {
      await addNetwork(opened, () => openModel(reference, modelFromFlags(flags), flags));
    }
    const transfer = await longWork(IMAGES, (step) => measure(sources, opened, flags.labels, step));
    const result = TRANSFER.resultOf(transfer);
    const folder = join(sources[0]?.run.path ?? '.', 'lab/transfer');
    const directory = await writeResult(flags.out ?? folder, result);
    if (flags.json) printJson({ transfers: transferFigures(transfer), directory });
    else print(`${result.lede.replaceAll('; ', ';\n')}\nThe figure is in ${typedPath(directory)}`);
  } finally {
    for (const source of sources) source.close();
    for (const { classifier } of opened) await classifier.close();
  }
}

/** The same network is opened and asked once. */
async function addNetwork(opened: OpenedModel[], open: () => Promise<OpenedModel>): Promise<void> {
  const next = await open();
  if (opened.some(({ model }) => model.digest === next.model.digest)) {
    await next.classifier.close();
    return;
  }
  next.model.notes.forEach(say);
  opened.push(next);
}

async function measure(
  sources: readonly RunSource[],
  opened: readonly OpenedModel[],
  labels: string | undefined,
  step: Step,
): Promise<Transfer> {
  const total = sources.reduce((sum, { elites }) => sum + elites.length * opened.length, 0);
  const drawer = loadDrawer();
  let done = 0;
  const runs: TransferRun[] = [];
  for (const { run, reader, elites } of sources) {
    const verdicts: Verdicts[] = [];
    for (const { model, classifier } of opened) {
      const own = model.digest === run.spec.modelDigest;
      const from = await labelTableOf(reader.labels, labels);
      const to = await labelTableOf(model.labels, labels);
      const match = own
        ? { classes: reader.labels.map((_, i) => i), by: 'index' as const }
        : matchClasses(from, to);
      if (match.classes.every((each) => each === null)) throw unmatched(run.spec.name, model.name);
      const parts = { drawer, classifier, views: run.spec.views, match, own };
      const before = done;
      verdicts.push(await scoreElites(elites, { ...parts, onImage: (count) => step(before + count, total) }));
      done += elites.length;
    }
    runs.push({
      name: run.spec.name,
      encoding: run.spec.encoding,
      network: opened.findIndex(({ model }) => model.digest === run.spec.modelDigest),
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

function unmatched(run: string, network: string): BadInputError {
  return new BadInputError({
    code: 'ERR_CLASSES',
    problem: `No class of ${network} has a name that a class of the run ${run} has`,
    fix: 'Give a network of the same things, or names that agree with --labels FILE',
  });
}
