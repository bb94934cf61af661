import type { RandomStream } from '../../protocol/base/random.js';
import type { Drawer, Pixels } from '../../protocol/drawing/drawer.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { blur } from '../pixels/filters.js';
import { bytesOfPlanes, clampLevel, meanLevels, type Planes } from '../pixels/planes.js';
import { totalVariationSlope } from '../pixels/total-variation.js';
import type { Ascent } from './ascent.js';
import type { Gradients } from './gradients.js';
import { createLook } from './look.js';
import type { AscentSettings } from './settings.js';

/**
 * Leads a picture's pixels uphill, as the authors' released code does (Nguyen et al., CVPR 2015): each step aims at a gain
 * of min(early, late · (1 − p)) in the class's confidence p, and goes along the gradient g as far as a linear function
 * would need, aim · g / ‖g‖²; then priors make the picture plainer, and levels are kept within 0 … 255. One thing
 * differs: g is that of log p, and the aim log(1 + gain / p). For confidences that are not small it is the same; from
 * one in a million, which some networks give at the start, the authors' step would leave the picture.
 *
 * The network always sees the picture that the stored genome draws, in 8 bits, so its confidence is that of an elite; the
 * gradient is taken to pass through that rounding unchanged.
 */
export function createPictureAscent(parts: {
  readonly classId: number;
  readonly settings: AscentSettings;
  readonly start: Planes;
  readonly network: Gradients;
  /** Forward passes that a gradient counts as. */
  readonly gradientCost: number;
  readonly drawer: Pick<Drawer, 'pixels' | 'tensor'>;
  /** The genome nearest to a picture: {@link EncodingParts.ofPicture}. */
  readonly genomeOf: (picture: Pixels) => Genome;
  readonly random: RandomStream;
}): Ascent {
  const { classId, settings, network, genomeOf } = parts;
  const mean = meanLevels(network.input);
  const look = createLook({ ...parts, jitter: settings.jitter });
  let planes: Planes = { ...parts.start, levels: parts.start.levels.slice() };
  let taken = 0;
  let stuck = false;

  /** Takes a step uphill, and returns its length before priors, in levels. */
  function climb(confidence: number, slope: Float32Array): number {
    const { early, late, decay } = settings;
    const levels = planes.levels;
    const norm = slope.reduce((sum, value) => sum + value * value, 0);
    if (norm === 0) {
      stuck = true;
      return 0;
    }
    const aim = Math.log1p(Math.min(early, late * (1 - confidence)) / Math.max(confidence, LEAST));
    const pixels = planes.width * planes.height;
    for (let at = 0; at < levels.length; at++) {
      const centre = mean[Math.floor(at / pixels)] ?? 0;
      const uphill = (levels[at] ?? 0) - (aim / norm) * (slope[at] ?? 0);
      levels[at] = clampLevel(centre + (uphill - centre) * (1 - decay));
    }
    return aim / Math.sqrt(norm);
  }

  /** A step down the picture's total variation, so many levels long. */
  function smooth(length: number): void {
    const rise = totalVariationSlope(planes, settings.variation.exponent);
    const norm = Math.sqrt(rise.reduce((sum, value) => sum + value * value, 0));
    if (norm === 0) return;
    const { levels } = planes;
    for (let at = 0; at < levels.length; at++) {
      levels[at] = clampLevel((levels[at] ?? 0) - (length / norm) * (rise[at] ?? 0));
    }
  }

  return {
    classId,
    async next() {
      if (stuck || taken > settings.steps) return undefined;
      const { width, height, channels } = planes;
      const genome = genomeOf({ width, height, channels, data: bytesOfPlanes(planes) });
      const { slope, ...sight } = await look(genome);
      const length = climb(sight.confidences[classId] ?? 0, slope);
      const { variation, blur: blurring } = settings;
      if (variation.share > 0) smooth(variation.share * length);
      const { radius, every } = blurring;
      if (radius > 0 && taken % every === 0) planes = blur(planes, radius);
      taken++;
      return sight;
    },
  };
}

/** A confidence below it counts as it. */
const LEAST = 1e-6;
