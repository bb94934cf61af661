import { stat } from 'node:fs/promises';
import { BadInputError } from '../../protocol/base/errors.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import type { Pixels } from '../../protocol/drawing/drawer.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import { ENCODING_NAMES, type Encoding } from '../../protocol/encodings/names.js';
import {
  ASCENT_PRESETS,
  ASCENT_STARTS,
  type AscentPreset,
  type AscentSettings,
  type AscentStart,
} from '../../worker/ascent/settings.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { readPixels } from '../../worker/classifier/photo.js';
import { type Planes, planesOf } from '../../worker/pixels/planes.js';
import { classesOf } from './classes.js';

/** One ascent of a run: where to, and how. */
export interface Wanted {
  readonly classId: number;
  readonly preset: AscentPreset;
  readonly settings: AscentSettings;
}

/** What a person asked for, of the flags that concern the ascents. */
export interface AscentWishes {
  readonly class: string;
  readonly preset: AscentPreset;
  /** Every preset in turn instead of one. */
  readonly compare?: boolean;
  readonly steps?: number;
  /** A start by its name, or a picture. */
  readonly from?: string;
}

/** Presets that differ in one prior: what `--compare` shows beside each other. */
export const COMPARED = Object.keys(ASCENT_PRESETS) as AscentPreset[];

/** The ascents that were asked for, in order. Throws a {@link BadInputError}. */
export function plan(wishes: AscentWishes, labels: readonly string[], seed: number): Wanted[] {
  const classes = classesOf(wishes.class, labels, randomFrom(seed, 'ascent', 'classes'));
  if (wishes.compare && classes.length > 1) {
    throw new BadInputError({
      code: 'ERR_ASCENT',
      problem: `--compare shows what each preset makes of one class, but --class names ${classes.length}`,
      fix: 'Give one class',
    });
  }
  const presets = wishes.compare ? COMPARED : [wishes.preset];
  return classes.flatMap((classId) =>
    presets.map((preset) => ({ classId, preset, settings: settingsOf(preset, wishes) })),
  );
}

function settingsOf(preset: AscentPreset, { steps, from }: AscentWishes): AscentSettings {
  const settings: AscentSettings = ASCENT_PRESETS[preset];
  const start = from === undefined ? settings.start : (startNamed(from) ?? 'photo');
  return { ...settings, start, steps: steps ?? settings.steps };
}

function startNamed(name: string): AscentStart | undefined {
  return ASCENT_STARTS.find((start) => start === name && start !== 'photo');
}

/** The picture that `--from` names; undefined where it names none. Rejects with a {@link BadInputError}. */
export async function photoOf(
  from: string | undefined,
  { input }: Pick<Classifier, 'input'>,
): Promise<Planes | undefined> {
  if (from === undefined || startNamed(from)) return undefined;
  // Not there, as is said next.
  if (!(await stat(from).catch(() => undefined))) {
    throw new BadInputError({
      code: 'ERR_ASCENT',
      problem: `--from ${from} is neither a picture nor a start`,
      fix: `Give a PNG, JPEG or WebP file, or one of ${ASCENT_STARTS.filter(startNamed).join(', ')}`,
    });
  }
  return planesOf(await readPixels(from, input), input);
}

/** The encoding whose genomes hold any picture. */
export function pictureEncoding(): {
  readonly encoding: Encoding;
  readonly genomeOf: (picture: Pixels) => Genome;
} {
  for (const encoding of ENCODING_NAMES) {
    const genomeOf = encodingOf(encoding).ofPicture;
    if (genomeOf) return { encoding, genomeOf };
  }
  throw new Error('no encoding holds any picture');
}
