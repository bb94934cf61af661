import { stat } from 'node:fs/promises';
import { BadInputError } from '../../protocol/base/errors.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import type { Encoding } from '../../protocol/encodings/names.js';
import {
  ASCENT_PRESETS,
  ASCENT_STARTS,
  type AscentPreset,
  type AscentSettings,
  type AscentStart,
} from '../../worker/ascent/settings.js';
import {
  WEIGHT_PRESETS,
  type WeightPreset,
  type WeightSettings,
  weightSettings,
} from '../../worker/ascent/weight-settings.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { readPixels } from '../../worker/classifier/photo.js';
import { type Planes, planesOf } from '../../worker/pixels/planes.js';
import { classesOf } from './classes.js';
import { genomesGrow, ledOf } from './led.js';

/** One ascent of a run: where to, and how. */
export type Wanted = WantedPixels | WantedWeights;

export interface WantedPixels {
  readonly led: 'pixels';
  readonly classId: number;
  readonly preset: AscentPreset;
  readonly settings: AscentSettings;
}

export interface WantedWeights {
  readonly led: 'weights';
  readonly classId: number;
  readonly preset: WeightPreset;
  readonly settings: WeightSettings;
}

/** What a person asked for, of the flags that concern the ascents. */
export interface AscentWishes {
  readonly class: string;
  readonly encoding: Encoding;
  readonly preset: AscentPreset;
  /** Every preset in turn instead of one. */
  readonly compare?: boolean;
  readonly steps?: number;
  /** A start by its name, or a picture. */
  readonly from?: string;
}

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
  const makes = ledOf(wishes.encoding) === 'pixels' ? pixelPlans(wishes) : weightPlans(wishes);
  return classes.flatMap((classId) => makes.map((make) => make(classId)));
}

function pixelPlans({ preset, compare, steps, from }: AscentWishes): ((classId: number) => Wanted)[] {
  const presets = compare ? (Object.keys(ASCENT_PRESETS) as AscentPreset[]) : [preset];
  return presets.map((each) => (classId) => {
    const settings: AscentSettings = ASCENT_PRESETS[each];
    const start = from === undefined ? settings.start : (startNamed(from) ?? 'photo');
    return {
      led: 'pixels',
      classId,
      preset: each,
      settings: { ...settings, start, steps: steps ?? settings.steps },
    };
  });
}

function weightPlans({
  encoding,
  preset,
  compare,
  steps,
  from,
}: AscentWishes): ((classId: number) => Wanted)[] {
  if (from !== undefined && from !== 'noise') {
    throw new BadInputError({
      code: 'ERR_ASCENT',
      problem: `--from ${from} is a picture, which a genome of the encoding ${encoding} cannot begin as`,
      fix: 'Leave --from out, which begins at a random genome, or use --encoding direct',
    });
  }
  const presets = compare ? WEIGHT_PRESETS : WEIGHT_PRESETS.filter((each) => each === preset);
  if (presets.length === 0) {
    throw new BadInputError({
      code: 'ERR_ASCENT',
      problem: `--preset ${preset} changes pixels, but genomes of the encoding ${encoding} are led by their weights`,
      fix: `Use --preset ${WEIGHT_PRESETS.join(' or ')}, or --encoding direct`,
    });
  }
  return presets.map((each) => (classId) => {
    const settings = weightSettings(each, genomesGrow(encoding));
    return {
      led: 'weights',
      classId,
      preset: each,
      settings: { ...settings, steps: steps ?? settings.steps },
    };
  });
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
