import { join } from 'node:path';
import { BadInputError } from '../../../protocol/base/errors.js';
import type { Pixels } from '../../../protocol/drawing/drawer.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { drawFor } from '../../../protocol/drawing/sight.js';
import type { Encoding } from '../../../protocol/encodings/names.js';
import { type OpenedModel, openModel } from '../../../worker/classifier/open.js';
import { LEAST_SIDE } from '../../../worker/training/network-plan.js';
import { readLabelledData } from '../../../worker/training/read-images.js';
import { splitSet } from '../../../worker/training/split.js';
import { typedPath } from '../../cli/command-line.js';
import { type ModelFlags, modelFromFlags } from '../../cli/model-flags.js';
import { print, printJson } from '../../cli/output.js';
import { longWork, type Step } from '../long-work.js';
import { checkResultDirectory, writeResult } from '../results/write.js';
import { openRunSource, type RunSource } from '../run-source.js';
import { compareFooling } from './compare-fooling.js';
import { FOOLING } from './experiment.js';
import { type Fooling, groupFigures } from './fooling.js';

export interface GenerativeFlags extends ModelFlags {
  readonly data: string;
  readonly run?: string;
  readonly encoding: Encoding;
  readonly evaluations: number;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** Share of each class that the model's size and threshold are chosen by, and, where the data has no test images, tested with. */
const HELD_OUT = 1 / 6;
const MOST_SIDE = 64;

/** What `atoll generative` does. `named`: which flags a person gave. */
export async function generativeCommand(flags: GenerativeFlags, named: ReadonlySet<string>): Promise<void> {
  if (flags.run !== undefined && named.has('model')) {
    throw new BadInputError({
      code: 'ERR_USAGE',
      problem: '--run takes the network of a run, and --model names one too',
      fix: 'Give one of the two',
    });
  }
  const source = flags.run === undefined ? undefined : await openRunSource(flags.run);
  try {
    const opened = source
      ? await source.openNetwork()
      : await openModel(flags.model, modelFromFlags(flags), flags);
    try {
      checkNetwork(opened);
      const folder = source ? join(source.run.path, 'lab/generative') : 'lab/generative';
      const target = await checkResultDirectory(flags.out ?? folder);
      const fooling = await longWork({ name: 'steps', size: 1 }, (step) =>
        measure(flags, opened, source, step),
      );
      const result = FOOLING.resultOf(fooling);
      const directory = await writeResult(target, result);
      if (flags.json) {
        const { accuracy, rejected, threshold, trials } = fooling;
        const groups = fooling.groups.map(groupFigures);
        printJson({ network: fooling.network, accuracy, rejected, threshold, trials, groups, directory });
      } else print(`${result.lede}\nThe figure is in ${typedPath(directory)}`);
    } finally {
      await opened.classifier.close();
    }
  } finally {
    source?.close();
  }
}

/** A plane of principal components is found for small grey images alone. */
function checkNetwork({ model, classifier }: OpenedModel): void {
  const { width, height, channels } = classifier.input;
  const fits = channels === 'grey' && Math.max(width, height) <= MOST_SIDE && width >= LEAST_SIDE;
  if (fits) return;
  throw new BadInputError({
    code: 'ERR_GENERATIVE',
    problem: `${model.name} takes images of ${width} × ${height} in ${channels === 'grey' ? 'grey' : 'colour'}, but a generative model is fitted to grey ones up to ${MOST_SIDE} × ${MOST_SIDE}`,
    fix: 'Give a network for digits, such as --model digits',
  });
}

async function measure(
  flags: GenerativeFlags,
  opened: OpenedModel,
  source: RunSource | undefined,
  step: Step,
): Promise<Fooling> {
  const { model, classifier } = opened;
  const { width, height } = classifier.input;
  const { seed } = flags;
  const data = await readLabelledData(flags.data, { size: width, channels: 'grey' });
  const { images } = data;
  if (images.width !== width || images.height !== height || images.classes.length !== classifier.classes) {
    throw new BadInputError({
      code: 'ERR_IMAGES',
      problem: `The images in ${flags.data} are ${images.width} × ${images.height} in ${images.classes.length} classes, but ${model.name} takes ${width} × ${height} and has ${classifier.classes}`,
      fix: 'Give the images that this network was trained on',
    });
  }
  const { train, validation } = splitSet(images, HELD_OUT, seed);
  const drawer = loadDrawer();
  const drawn = source?.elites.map(({ classId, candidate }) => ({
    classId,
    pixels: copied(drawFor(drawer, candidate.genome, { width, height, grey: true })),
  }));
  const { encoding, evaluations } = flags;
  return compareFooling({
    encoding,
    evaluations,
    seed,
    about: data.about,
    network: model.name,
    labels: model.labels,
    classifier,
    train,
    heldOut: validation,
    test: data.test ?? validation,
    ...(source && drawn && { run: { name: source.run.spec.name, images: drawn } }),
    onStep: step,
  });
}

/** The drawer writes over what it gave. */
function copied(pixels: Pixels): Pixels {
  return { ...pixels, data: Uint8Array.from(pixels.data) };
}
