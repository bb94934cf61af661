import { join } from 'node:path';
import { BadInputError } from '../../../protocol/base/errors.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { typedPath } from '../../cli/command-line.js';
import { IMAGES } from '../../cli/meter.js';
import { print, printJson } from '../../cli/output.js';
import { lumaOf, medianColour } from '../images/median-colour.js';
import { pictureData } from '../images/picture-data.js';
import { openSubject, type Subject, type SubjectFlags } from '../images/subject.js';
import { longWork } from '../long-work.js';
import { checkResultDirectory, writeResult } from '../results/write.js';
import { type Ablation, ablate, keep, paste } from './ablation.js';
import { ABLATION, type AblationData } from './experiment.js';
import { cutLattice, type Lattice } from './lattice.js';
import { findRepetition, type Repetition, type Shift } from './repetition.js';

export interface AblateFlags extends SubjectFlags {
  /** In place of what is found. */
  readonly period?: readonly [Shift] | readonly [Shift, Shift];
  readonly orders: number;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** More copies than this are texture, and their curve would take long. */
const MOST_TILES = 1000;

/** What `atoll ablate` does. `named`: which flags a person gave. */
export async function ablateCommand(flags: AblateFlags, named: ReadonlySet<string>): Promise<void> {
  const subject = await openSubject(flags, named);
  try {
    const repetition = repetitionOf(subject, flags);
    const colour = medianColour(subject.pixels);
    const lattice = cutLattice(subject.pixels, repetition, colour);
    checkTiles(lattice.tiles, subject.name);
    const { orders, seed } = flags;
    const folder = subject.runPath ? join(subject.runPath, 'lab') : 'lab';
    const target = await checkResultDirectory(flags.out ?? join(folder, `ablate-${subject.slug}`));
    const ablation = await longWork(IMAGES, (step) =>
      ablate({
        ...{ pixels: subject.pixels, lattice, colour, orders },
        score: subject.score,
        random: randomFrom(seed, 'ablation'),
        batch: Math.max(16, subject.opened.classifier.batch),
        onPicture: step,
      }),
    );
    const data = await dataOf(subject, repetition, lattice, ablation, flags, colour);
    const result = ABLATION.resultOf(data);
    const directory = await writeResult(target, result);
    if (flags.json) {
      const { image, examples, ...rest } = data;
      printJson({ ...rest, directory });
    } else print(`${result.lede}\nThe figure is in ${typedPath(directory)}`);
  } finally {
    await subject.close();
  }
}

function repetitionOf({ pixels, name }: Subject, { period }: AblateFlags): Repetition {
  if (period) return { shifts: period, correlation: Number.NaN };
  const found = findRepetition({ width: pixels.width, height: pixels.height, values: lumaOf(pixels) });
  if (found) return found;
  throw new BadInputError({
    code: 'ERR_NO_REPETITION',
    problem: `Nothing repeats in ${name}`,
    fix: 'Give another class, or the period in pixels with --period, for example --period 12,0 or --period 12,0/0,9',
  });
}

function checkTiles(tiles: number, name: string): void {
  if (tiles >= 2 && tiles <= MOST_TILES) return;
  throw new BadInputError({
    code: 'ERR_NO_REPETITION',
    problem:
      tiles < 2
        ? `The period leaves one copy in ${name}`
        : `The period leaves ${tiles} copies in ${name}, more than ${MOST_TILES}`,
    fix: `Give a ${tiles < 2 ? 'shorter' : 'longer'} period with --period`,
  });
}

/** Numbers of copies of which the pictures are kept, as shares of all. */
const SHOWN = [0.15, 0.3, 0.5, 0.75, 1];

async function dataOf(
  { name, classId, label, confidence, pixels, score, opened }: Subject,
  { shifts, correlation }: Repetition,
  lattice: Lattice,
  { counts, best, alone }: Ablation,
  { orders, seed }: AblateFlags,
  colour: readonly number[],
): Promise<AblationData> {
  const shown = [...new Set([1, ...SHOWN.map((share) => Math.max(1, Math.round(share * lattice.tiles)))])];
  const examples: AblationData['examples'] = [];
  for (const copies of shown) {
    const nearest = new Set(Array.from({ length: copies }, (_, tile) => tile));
    const pictures = [keep(pixels, lattice, colour, nearest), paste(pixels, lattice, colour, best, copies)];
    const [keptConfidence = 0, pastedConfidence = 0] = await score(pictures);
    const [kept = '', pasted = ''] = await Promise.all(
      pictures.map((data) => pictureData({ ...pixels, data })),
    );
    examples.push({ copies, kept, keptConfidence, pasted, pastedConfidence });
  }
  return {
    ...{
      picture: name,
      model: opened.model.name,
      modelDigest: opened.model.digest,
      classId,
      label,
      confidence,
    },
    ...{ width: pixels.width, height: pixels.height, image: await pictureData(pixels) },
    shifts: shifts.map(([x, y]): [number, number] => [x, y]),
    ...(Number.isNaN(correlation) ? {} : { correlation }),
    ...{ tiles: lattice.tiles, alone, seed, orders, counts: [...counts], examples },
  };
}
