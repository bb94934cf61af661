import type { RandomStream } from '../../protocol/base/random.js';
import type { Drawer } from '../../protocol/drawing/drawer.js';
import { channelCount } from '../../protocol/drawing/tensor-spec.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { rolled } from '../pixels/filters.js';
import { gradientByLevels, inputMap, levelsOfTensor, tensorOfLevels } from '../pixels/planes.js';
import type { Sight } from './ascent.js';
import type { Gradients } from './gradients.js';

/** What a network says of a genome's picture, and where the picture would gain. */
export interface Look extends Sight {
  /** The gradient of −log p by the picture's levels: [channels, height, width], as Planes has them. */
  readonly slope: Float32Array;
}

/**
 * Looks at genomes as they draw themselves, in 8 bits. The gradient is taken at the picture, or at the picture shifted by up to
 * `jitter` pixels each way, another shift each time; it is shifted back.
 */
export function createLook(parts: {
  readonly classId: number;
  readonly network: Gradients;
  /** Forward passes that a gradient counts as. */
  readonly gradientCost: number;
  readonly drawer: Pick<Drawer, 'tensor'>;
  readonly jitter: number;
  readonly random: RandomStream;
}): (genome: Genome) => Promise<Look> {
  const { classId, network, gradientCost, drawer, jitter, random } = parts;
  const { input } = network;
  const { width, height } = input;
  const map = inputMap(input);
  const planesOf = (levels: Float32Array) => ({
    width,
    height,
    channels: channelCount(input.channels),
    levels,
  });
  return async (genome) => {
    const tensor = drawer.tensor([genome], input, 'single').slice();
    if (jitter === 0) {
      const { confidences, gradient } = await network.gradient(tensor, 1, [classId]);
      return { genome, confidences, cost: gradientCost, slope: gradientByLevels(gradient, map) };
    }
    const confidences = await network.classify(tensor, 1);
    const [right, down] = [random.below(2 * jitter + 1) - jitter, random.below(2 * jitter + 1) - jitter];
    const shown = rolled(planesOf(levelsOfTensor(tensor, map)), right, down);
    const { gradient } = await network.gradient(tensorOfLevels(shown.levels, map), 1, [classId]);
    const slope = rolled(planesOf(gradientByLevels(gradient, map)), -right, -down).levels;
    return { genome, confidences, cost: 1 + gradientCost, slope };
  };
}
