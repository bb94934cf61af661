import type { RandomStream } from '../../protocol/base/random.js';
import type { Drawer, Pixels } from '../../protocol/drawing/drawer.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { blur, rolled } from '../pixels/filters.js';
import {
  bytesOfPlanes,
  clampLevel,
  gradientByLevels,
  inputMap,
  levelsOfTensor,
  meanLevels,
  type Planes,
  tensorOfLevels,
} from '../pixels/planes.js';
import type { Ascent, Sight } from './ascent.js';
import type { Gradients } from './gradients.js';
import type { AscentSettings } from './settings.js';

/**
 * Leads a picture's pixels uphill, as the authors' released code does (Nguyen et al., CVPR 2015): each step aims at a gain
 * of min(early, late · (1 − p)) in the class's confidence p, and goes along the gradient g as far as a linear function
 * would need, aim · g / ‖g‖²; then decay and blur make the picture plainer, and levels are kept within 0 … 255. One thing
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
  const { classId, settings, network, gradientCost, drawer, genomeOf, random } = parts;
  const { input } = network;
  const map = inputMap(input);
  const mean = meanLevels(input);
  let planes: Planes = { ...parts.start, levels: parts.start.levels.slice() };
  let taken = 0;
  let stuck = false;

  /** Confidences of the picture as it is, and the gradient of −log p at it, or at the picture shifted a little. */
  async function look(genome: Genome): Promise<Sight & { readonly slope: Float32Array }> {
    const { jitter } = settings;
    const tensor = drawer.tensor([genome], input, 'single').slice();
    if (jitter === 0) {
      const { confidences, gradient } = await network.gradient(tensor, 1, [classId]);
      return { genome, confidences, cost: gradientCost, slope: gradientByLevels(gradient, map) };
    }
    const confidences = await network.classify(tensor, 1);
    const [right, down] = [random.below(2 * jitter + 1) - jitter, random.below(2 * jitter + 1) - jitter];
    const shown = rolled({ ...planes, levels: levelsOfTensor(tensor, map) }, right, down);
    const { gradient } = await network.gradient(tensorOfLevels(shown.levels, map), 1, [classId]);
    const byLevels = { ...planes, levels: gradientByLevels(gradient, map) };
    return { genome, confidences, cost: 1 + gradientCost, slope: rolled(byLevels, -right, -down).levels };
  }

  function climb(confidence: number, slope: Float32Array): void {
    const { early, late, decay } = settings;
    const levels = planes.levels;
    const norm = slope.reduce((sum, value) => sum + value * value, 0);
    if (norm === 0) {
      stuck = true;
      return;
    }
    const aim = Math.log1p(Math.min(early, late * (1 - confidence)) / Math.max(confidence, LEAST));
    const pixels = planes.width * planes.height;
    for (let at = 0; at < levels.length; at++) {
      const centre = mean[Math.floor(at / pixels)] ?? 0;
      const uphill = (levels[at] ?? 0) - (aim / norm) * (slope[at] ?? 0);
      levels[at] = clampLevel(centre + (uphill - centre) * (1 - decay));
    }
  }

  return {
    classId,
    async next() {
      if (stuck || taken > settings.steps) return undefined;
      const { width, height, channels } = planes;
      const genome = genomeOf({ width, height, channels, data: bytesOfPlanes(planes) });
      const { slope, ...sight } = await look(genome);
      climb(sight.confidences[classId] ?? 0, slope);
      const { radius, every } = settings.blur;
      if (radius > 0 && taken % every === 0) planes = blur(planes, radius);
      taken++;
      return sight;
    },
  };
}

/** A confidence below it counts as it. */
const LEAST = 1e-6;
