import { createRunCurve } from '../../../coordinator/gallery/run-curve.js';
import { keysOf } from '../../../coordinator/run/kept-spec.js';
import { BadInputError } from '../../../protocol/base/errors.js';
import { typedPath } from '../../cli/command-line.js';
import { print, printJson, table } from '../../cli/output.js';
import { evaluationsOf } from '../report/gather.js';
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
      printJson({ evaluations: comparison.evaluations, runs, tests: testsOf(comparison), directory });
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
  const groups = groupLabels(sources.map(({ run }) => keysOf(run)));
  const runs: Comparison['runs'] = [];
  for (const [i, { run, reader }] of sources.entries()) {
    const all = evaluationsOf(reader);
    const curve = await createRunCurve({
      store: reader,
      evaluations: () => all,
      most: CURVE_POINTS,
    }).points();
    runs.push({
      name: run.spec.name,
      group: groups[i] ?? '',
      seed: run.spec.seed,
      evaluations: all,
      curve: curve.map(({ evaluation, median, mean, above }) => [
        evaluation,
        median,
        mean,
        above['0.99'] / classes,
      ]),
      confidences: confidencesAt(reader.history(), classes, evaluations),
    });
  }
  return { evaluations, classes, runs };
}
