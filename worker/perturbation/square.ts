import type { RandomStream } from '../../protocol/base/random.js';
import type { Classifier } from '../classifier/classifier.js';
import { inputMap, type Planes, tensorOfLevels } from '../pixels/planes.js';
import { type Attempt, isTop } from './aim.js';
import { whole, within } from './change.js';

/**
 * The share of the picture that a square covers, of its first share, by the share of looks that are used: the schedule of
 * Andriushchenko et al. (ECCV 2020), whose 10,000 looks are all of them here.
 */
const SCHEDULE: readonly (readonly [until: number, share: number])[] = [
  [0.001, 1],
  [0.005, 1 / 2],
  [0.02, 1 / 4],
  [0.05, 1 / 8],
  [0.1, 1 / 16],
  [0.2, 1 / 32],
  [0.4, 1 / 64],
  [0.6, 1 / 128],
  [0.8, 1 / 256],
  [1, 1 / 512],
];
/** The share of the picture that the first square covers; the authors' value on ImageNet. */
const FIRST_SHARE = 0.05;

/**
 * Looks for a picture of another class within `bound` levels of each level, without a gradient: the Square Attack.
 * It begins with vertical stripes of ± bound, then paints squares of ± bound at random places, smaller and smaller, and
 * keeps those that raise the confidence of the class wanted. Ends when that class is at the top, or all looks are used.
 */
export async function squareAttack(parts: {
  readonly network: Pick<Classifier, 'input' | 'classify'>;
  readonly picture: Planes;
  readonly classId: number;
  readonly bound: number;
  /** Pictures that the network is shown at the most: at least 2. */
  readonly looks: number;
  readonly random: RandomStream;
}): Promise<Attempt> {
  const { network, picture, classId, bound, looks, random } = parts;
  const map = inputMap(network.input);
  async function look(planes: Planes, used: number): Promise<Attempt> {
    const shown = whole(within(picture, planes, 'linf', bound));
    const confidences = await network.classify(tensorOfLevels(shown.levels, map), 1);
    return { planes: shown, confidences, reached: isTop(confidences, classId), looks: used };
  }
  const confidenceOf = ({ confidences }: Attempt) => confidences[classId] ?? 0;
  let best = await look(striped(picture, bound, random), 1);
  let used = 1;
  while (!best.reached && used < looks) {
    const side = sideAt(used / looks, picture);
    const next = await look(squared(picture, best.planes, side, bound, random), ++used);
    if (next.reached || confidenceOf(next) > confidenceOf(best)) best = next;
  }
  return { ...best, looks: used };
}

function sideAt(progress: number, { width, height }: Planes): number {
  const share = SCHEDULE.find(([until]) => progress <= until)?.[1] ?? 1 / 512;
  const side = Math.round(Math.sqrt(FIRST_SHARE * share * width * height));
  return Math.min(Math.max(side, 1), width, height);
}

function striped(picture: Planes, bound: number, random: RandomStream): Planes {
  const { width, height, channels } = picture;
  const signs = Array.from({ length: channels * width }, () => (random.chance(0.5) ? bound : -bound));
  const levels = picture.levels.map((level, at) => {
    const channel = Math.floor(at / (width * height));
    return level + (signs[channel * width + (at % width)] ?? 0);
  });
  return { ...picture, levels };
}

/** `from` with a square whose levels are those of the picture ± bound, one sign a channel. */
function squared(picture: Planes, from: Planes, side: number, bound: number, random: RandomStream): Planes {
  const { width, height, channels } = picture;
  const left = random.below(width - side + 1);
  const top = random.below(height - side + 1);
  const levels = from.levels.slice();
  for (let c = 0; c < channels; c++) {
    const change = random.chance(0.5) ? bound : -bound;
    for (let y = top; y < top + side; y++) {
      for (let x = left; x < left + side; x++) {
        const at = (c * height + y) * width + x;
        levels[at] = (picture.levels[at] ?? 0) + change;
      }
    }
  }
  return { ...from, levels };
}
