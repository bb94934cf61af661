import type { Gradients } from '../ascent/gradients.js';
import { gradientByLevels, inputMap, type Planes, tensorOfLevels } from '../pixels/planes.js';
import { type Attempt, isTop } from './aim.js';
import { type Norm, whole, within } from './change.js';

/** How far one step goes, of the bound: 2.5 bounds in all steps together reach every corner of it (Madry et al.). */
const REACH = 2.5;

/**
 * Looks for a picture of another class within a bound of a picture: projected gradient descent on −log p of the class
 * wanted (Madry et al., ICLR 2018, with a target). A step follows the sign of the gradient under `linf`, the gradient
 * itself under `l2`. The network is shown whole levels, as a PNG has them; the gradient is taken to pass through the
 * rounding. Ends at the first picture that is taken for that class, else with the most confident one.
 */
export async function descend(parts: {
  readonly network: Gradients;
  /** Of whole levels. */
  readonly picture: Planes;
  readonly classId: number;
  readonly norm: Norm;
  /** In levels; greater than 0. */
  readonly bound: number;
  /** At least 1. */
  readonly steps: number;
  /** A picture to begin from, within the bound or not. Default: the picture itself. */
  readonly start?: Planes;
}): Promise<Attempt> {
  const { network, picture, classId, norm, bound, steps, start = picture } = parts;
  const map = inputMap(network.input);
  // A change of less than one level is none: each step can move a level by one.
  const stride = Math.max((REACH * bound) / steps, norm === 'linf' ? 1 : 0);
  let planes = within(picture, start, norm, bound);
  let best: Attempt | undefined;
  for (let step = 0; ; step++) {
    const shown = whole(planes);
    const tensor = tensorOfLevels(shown.levels, map);
    const { confidences, gradient } = await network.gradient(tensor, 1, [classId]);
    const reached = isTop(confidences, classId);
    if (best === undefined || reached || (confidences[classId] ?? 0) > (best.confidences[classId] ?? 0)) {
      best = { planes: shown, confidences, reached, looks: step + 1 };
    }
    if (reached || step >= steps) return { ...best, looks: step + 1 };
    const slope = gradientByLevels(gradient, map);
    planes = within(picture, moved(planes, slope, norm, stride), norm, bound);
  }
}

function moved(planes: Planes, slope: Float32Array, norm: Norm, stride: number): Planes {
  const length = Math.sqrt(slope.reduce((sum, value) => sum + value * value, 0)) || 1;
  const step = norm === 'linf' ? Math.sign : (value: number) => value / length;
  return { ...planes, levels: planes.levels.map((level, at) => level - stride * step(slope[at] ?? 0)) };
}
