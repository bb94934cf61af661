import { shownLabel } from '../../../coordinator/export/shown-label.js';
import { createRunCurve } from '../../../coordinator/gallery/run-curve.js';
import { keysOf } from '../../../coordinator/run/kept-spec.js';
import { BadInputError } from '../../../protocol/base/errors.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { drawFor } from '../../../protocol/drawing/sight.js';
import { pictureSize } from '../../../protocol/drawing/views.js';
import { loadRunModel } from '../../../worker/classifier/open.js';
import { typedPath } from '../../cli/command-line.js';
import { print, printJson, table } from '../../cli/output.js';
import { pictureData } from '../images/picture-data.js';
import { costOf, evaluationsOf } from '../report/gather.js';
import { tableText } from '../results/table.js';
import { checkResultDirectory, writeResult } from '../results/write.js';
import { openRunSource, type RunSource } from '../run-source.js';
import { type Comparison, confidencesAt, testsOf } from './comparison.js';
import { COMPARISON } from './experiment.js';
import { groupLabels } from './groups.js';

export interface CompareFlags {
  readonly out: string;
  readonly json?: boolean;
}

const CURVE_POINTS = 400;

/** What `atoll compare` does. */
export async function compareCommand(paths: readonly string[], flags: CompareFlags): Promise<void> {
  const sources: RunSource[] = [];
  try {
    const target = await checkResultDirectory(flags.out);
    for (const path of paths) sources.push(await openRunSource(path));
    const comparison = await compareRuns(sources);
    const result = COMPARISON.resultOf(comparison);
    const directory = await writeResult(target, result);
    if (flags.json) {
      const runs = comparison.runs.map(({ name, group, seed }) => ({ name, group, seed }));
      const { evaluations, cost } = comparison;
      printJson({ evaluations, cost: cost ?? evaluations, runs, tests: testsOf(comparison), directory });
    } else {
      print(`${table(tableText(result.table))}\n\n${result.lede}\nThe figure is in ${typedPath(directory)}`);
    }
  } finally {
    for (const source of sources) source.close();
  }
}

/** Reads runs as a comparison needs them. Rejects with a {@link BadInputError} when their classes are not equally many. */
export async function compareRuns(sources: readonly RunSource[]): Promise<Comparison> {
  const classes = sources[0]?.reader.labels.length ?? 0;
  const other = sources.find(({ reader }) => reader.labels.length !== classes);
  if (other !== undefined) {
    throw new BadInputError({
      code: 'ERR_CLASSES',
      problem: `${other.run.path} has ${other.reader.labels.length} classes, and ${sources[0]?.run.path} has ${classes}`,
      fix: 'Compare runs of networks with the same classes',
    });
  }
  const evaluations = Math.min(...sources.map(({ reader }) => evaluationsOf(reader)));
  const isCounted = sources.some(({ reader }) => costOf(reader) !== evaluationsOf(reader));
  const least = isCounted ? Math.min(...sources.map(({ reader }) => costOf(reader))) : undefined;
  const groups = groupLabels(sources.map(({ run }) => keysOf(run)));
  const runs: Comparison['runs'] = [];
  for (const [i, source] of sources.entries()) {
    const { run, reader } = source;
    const all = evaluationsOf(reader);
    const cost = costOf(reader);
    const isFirst = groups.indexOf(groups[i] ?? '') === i;
    const spent = () => ({ evaluations: all, cost });
    const curve = await createRunCurve({ store: reader, spent, most: CURVE_POINTS }).points();
    runs.push({
      name: run.spec.name,
      group: groups[i] ?? '',
      seed: run.spec.seed,
      evaluations: all,
      ...(cost !== all && { cost, costs: curve.map((point) => point.cost) }),
      curve: curve.map(({ evaluation, median, mean, above }) => [
        evaluation,
        median,
        mean,
        above['0.99'] / classes,
      ]),
      confidences: confidencesAt(reader.history(), classes, 'evaluation', evaluations),
      ...(least && { confidencesAtCost: confidencesAt(reader.history(), classes, 'cost', least) }),
      ...(isFirst && { images: await shownElites(source) }),
    });
  }
  return { evaluations, ...(least && { cost: least }), classes, runs };
}

/** Classes are shown at even distances where there are more. */
const SHOWN = 12;

/** Elites of a run, as its network is shown them. */
async function shownElites(source: RunSource): Promise<NonNullable<Comparison['runs'][number]['images']>> {
  const { run, reader, elites } = source;
  const { model } = await loadRunModel(run.modelDirectory, run.spec.modelDigest);
  const { channels, width, height } = model.input;
  const sight = { ...pictureSize(run.spec.views, width, height), grey: channels === 'grey' };
  const drawer = loadDrawer();
  const classes = reader.labels.length;
  const wanted = new Set(
    Array.from({ length: Math.min(SHOWN, classes) }, (_, i) =>
      Math.floor((i * classes) / Math.min(SHOWN, classes)),
    ),
  );
  const images: NonNullable<Comparison['runs'][number]['images']> = [];
  for (const { classId, confidence, candidate } of elites) {
    if (!wanted.has(classId)) continue;
    const data = await pictureData(drawFor(drawer, candidate.genome, sight), 64);
    images.push({ classId, label: shownLabel(reader.labels[classId] ?? ''), confidence, data });
  }
  return images;
}
