import { join } from 'node:path';
import { BadInputError } from '../../../protocol/base/errors.js';
import type { Pixels } from '../../../protocol/drawing/drawer.js';
import { typedPath } from '../../cli/command-line.js';
import { print, printJson, say } from '../../cli/output.js';
import { medianColour } from '../images/median-colour.js';
import { pictureData } from '../images/picture-data.js';
import { openSubject, type Subject, type SubjectFlags } from '../images/subject.js';
import { longWork } from '../long-work.js';
import { checkResultDirectory, writeResult } from '../results/write.js';
import { OCCLUSION, type Occlusion } from './experiment.js';
import { type Level, occlude, sidesFor } from './occlusion.js';
import { saliencyOf, shadesOf } from './saliency.js';

/** What a patch is filled with. */
export const FILLS = ['median', 'grey', 'black'] as const;
export type Fill = (typeof FILLS)[number];

export interface OccludeFlags extends SubjectFlags {
  readonly fill: Fill;
  readonly refine: number;
  readonly out?: string;
  readonly json?: boolean;
}

const PATCHES = { name: 'patches', size: 1 };

/** What `atoll occlude` does. `named`: which flags a person gave. */
export async function occludeCommand(flags: OccludeFlags, named: ReadonlySet<string>): Promise<void> {
  const subject = await openSubject(flags, named);
  try {
    const folder = subject.runPath ? join(subject.runPath, 'lab') : 'lab';
    const target = await checkResultDirectory(flags.out ?? join(folder, `occlude-${subject.slug}`));
    const levels = await measure(subject, flags);
    const saliency = await saliencyPicture(subject);
    const { model } = subject.opened;
    const { name, classId, label, confidence, pixels } = subject;
    const result = OCCLUSION.resultOf({
      picture: name,
      model: model.name,
      modelDigest: model.digest,
      views: subject.views,
      classId,
      label,
      confidence,
      width: pixels.width,
      height: pixels.height,
      image: await pictureData(pixels),
      fill: flags.fill,
      refine: flags.refine,
      levels: levels.map(({ side, stride, patches }) => ({ side, stride, patches: [...patches] })),
      ...(saliency && { saliency }),
    });
    const directory = await writeResult(target, result);
    if (flags.json) {
      const strongest = levels.flatMap(({ side, patches }) => patches.map((patch) => ({ ...patch, side })));
      const worst = strongest.reduce((a, b) => (b.loss > a.loss ? b : a));
      const patches = levels.map((level) => ({ side: level.side, patches: level.patches.length }));
      printJson({
        picture: name,
        model: model.name,
        classId,
        label,
        confidence,
        worst,
        levels: patches,
        saliency: saliency !== undefined,
        directory,
      });
    } else {
      print(`${result.lede}\nThe figure is in ${typedPath(directory)}`);
    }
  } finally {
    await subject.close();
  }
}

/** undefined where the network has no gradient, or is shown several views. */
async function saliencyPicture({ opened, pixels, classId, views }: Subject): Promise<Occlusion['saliency']> {
  const { input, gradient } = opened.classifier;
  if (gradient === undefined || views !== 'single') return undefined;
  try {
    const { data, white } = shadesOf(await saliencyOf({ input, gradient }, pixels.data, classId));
    const { width, height } = pixels;
    return { image: await pictureData({ width, height, channels: 1, data }), white };
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error;
    // The patches tell enough without it.
    say(`The figure has no saliency: ${error.problem}`);
    return undefined;
  }
}

async function measure(subject: Subject, { fill, refine }: OccludeFlags): Promise<Level[]> {
  const { pixels, confidence, score } = subject;
  return longWork(PATCHES, (step) =>
    occlude({
      pixels,
      confidence,
      score,
      colour: colourOf(fill, pixels),
      sides: sidesFor(pixels.width, pixels.height),
      refine,
      batch: Math.max(16, subject.opened.classifier.batch),
      onPatch: step,
    }),
  );
}

function colourOf(fill: Fill, pixels: Pixels): readonly number[] {
  if (fill === 'median') return medianColour(pixels);
  return Array.from({ length: pixels.channels }, () => (fill === 'grey' ? 128 : 0));
}
