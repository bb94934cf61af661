import { BadInputError } from '../../protocol/base/errors.js';
import { flagsOf } from '../../worker/probe/candidates.js';
import { readLabelledPictures, sampleOf } from '../../worker/probe/labelled-pictures.js';
import { openTrials } from '../../worker/probe/open-trials.js';
import { type Outcome, probe } from '../../worker/probe/probe.js';
import { isGuessing } from '../../worker/probe/tally.js';
import { followInterruption } from '../cli/interruption.js';
import { createMeter } from '../cli/meter.js';
import { modelFromFlags, type NetworkFlags } from '../cli/model-flags.js';
import { print, printJson, table } from '../cli/output.js';
import { labelTableOf } from '../lab/images/label-table.js';

export interface ProbeFlags extends NetworkFlags {
  readonly images?: string;
  readonly atMost: number;
  readonly json?: boolean;
}

const PICTURES = { name: 'pictures', size: 1 };

/** What `atoll models probe` does. */
export async function probeModel(reference: string, flags: ProbeFlags): Promise<void> {
  const { images } = flags;
  if (images === undefined) {
    throw new BadInputError({
      code: 'ERR_USAGE',
      problem: 'A probe needs pictures of which the class is known',
      fix: 'Add --images DIR, with a folder for each class, or with names that begin with the index of the class',
    });
  }
  const opened = await openTrials(reference, modelFromFlags(flags), flags);
  const interruption = followInterruption();
  const meter = createMeter(() => performance.now(), PICTURES);
  try {
    const { model, trials, layoutIsOpen } = opened;
    const names = await labelTableOf(model.labels, flags.labels);
    const pictures = sampleOf(await readLabelledPictures(images, names), flags.atMost);
    const outcomes = await probe(trials, pictures, {
      signal: interruption.signal,
      onProgress: meter.update,
    });
    meter.done();
    const classes = model.labels.length;
    const notes = notesOn(outcomes, classes);
    const rows = outcomes.map((outcome) => ({ ...rowOf(outcome), flags: flagsOf(outcome, layoutIsOpen) }));
    const best = rows[0]?.flags ?? '';
    if (flags.json) {
      printJson({
        model: model.name,
        images,
        pictures: pictures.length,
        classes,
        best,
        notes,
        candidates: rows,
      });
      return;
    }
    print(tableOf(rows, layoutIsOpen));
    print(['', ...notes, adviceOn(outcomes[0], best)].join('\n'));
  } finally {
    interruption.release();
    await opened.close();
  }
}

function rowOf({ preprocess, isKnown, input, pictures, top1, top5, medianConfidence }: Outcome) {
  return {
    preprocess,
    channels: input.channels,
    layout: input.layout,
    known: isKnown,
    top1Accuracy: top1 / pictures,
    top5Accuracy: top5 / pictures,
    medianConfidence,
  };
}

type Row = ReturnType<typeof rowOf>;

function tableOf(rows: readonly Row[], layoutIsOpen: boolean): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  return table([
    [
      ...['preprocess', 'channels', ...(layoutIsOpen ? ['layout'] : [])],
      ...['top-1 accuracy', 'top-5 accuracy', 'median confidence of the right class', ''],
    ],
    ...rows.map((row) => [
      ...[row.preprocess, row.channels, ...(layoutIsOpen ? [row.layout] : [])],
      ...[percent(row.top1Accuracy), percent(row.top5Accuracy), row.medianConfidence.toFixed(4)],
      row.known ? 'known from its card or the catalogue' : '',
    ]),
  ]);
}

function adviceOn(best: Outcome | undefined, flags: string): string {
  return best?.isKnown
    ? 'No flag is needed: the first line is what is known of the network.'
    : `Type: ${flags}`;
}

/** What a person should know before believing the first line. */
function notesOn([best, second]: readonly Outcome[], classes: number): string[] {
  if (best === undefined) return [];
  const { top1, pictures } = best;
  const said = [`The network names the right class of ${top1} of ${pictures} pictures at best.`];
  if (isGuessing(best, classes)) {
    said.push(
      'That is no better than guessing: the labels may be in another order than its classes, or the pictures not of its kind.',
    );
  } else if (second !== undefined && top1 - second.top1 <= Math.sqrt(pictures) / 2) {
    said.push(
      `The second line of the table has ${second.top1} right. More pictures would show which of the two is better.`,
    );
  }
  return said;
}
