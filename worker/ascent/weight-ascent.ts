import type { RandomStream } from '../../protocol/base/random.js';
import type { Drawer } from '../../protocol/drawing/drawer.js';
import { channelCount, type TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { GenomeShape } from '../../protocol/encodings/encoding.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import type { MutationSpec } from '../../protocol/encodings/mutation-spec.js';
import { createAdam } from '../emitter/adam.js';
import { parametersOf } from '../emitter/parameters.js';
import type { Ascent, Sight } from './ascent.js';
import type { Gradients } from './gradients.js';
import { createLook } from './look.js';
import type { WeightSettings } from './weight-settings.js';

/** A genome, and the confidence in the class that its picture got. */
interface Place {
  readonly genome: Genome;
  readonly confidence: number;
}

/**
 * Leads the parameters of a genome uphill, by Adam on −log of the confidence in a class, from the best of some random genomes.
 * Where it gains nothing any more, it goes on from the best of some mutated children of the best genome so far.
 * Ends when its steps are used up.
 */
export function createWeightAscent(parts: {
  readonly classId: number;
  readonly settings: WeightSettings;
  /** What genomes have in common: theirs is an encoding with parameters and a pull-back. */
  readonly shape: GenomeShape;
  readonly mutation: MutationSpec;
  readonly network: Gradients;
  /** Forward passes that a gradient counts as. */
  readonly gradientCost: number;
  readonly drawer: Pick<Drawer, 'tensor' | 'pullBack'>;
  readonly random: RandomStream;
}): Ascent {
  const { classId, settings, shape, mutation, network, drawer, random } = parts;
  const { variation } = encodingOf(shape.encoding);
  const parameters = parametersOf(shape.encoding);
  const levels = levelsOf(network.input);
  const look = createLook({ ...parts, jitter: settings.jitter });

  const placeOf = ({ genome, confidences }: Sight): Place => ({
    genome,
    confidence: confidences[classId] ?? 0,
  });

  /** Looks at `count` genomes, and returns the best of them; the first of equals. */
  async function* survey(count: number, make: () => Genome): AsyncGenerator<Sight, Place> {
    let best: Place | undefined;
    for (let i = 0; i < count || best === undefined; i++) {
      const genome = make();
      const confidences = await network.classify(drawer.tensor([genome], network.input, 'single').slice(), 1);
      const sight = { genome, confidences, cost: 1 };
      yield sight;
      const place = placeOf(sight);
      if (best === undefined || place.confidence > best.confidence) best = place;
    }
    return best;
  }

  /** Goes up from a place as long as it gains, and returns the best one on the way. */
  async function* climb(from: Place): AsyncGenerator<Sight, Place> {
    let best = from;
    let { genome } = from;
    const values = parameters.read(genome);
    const adam = createAdam(values.length, settings.rate);
    for (let idle = 0; idle < settings.patience; idle++) {
      const { slope, ...sight } = await look(genome);
      yield sight;
      const place = placeOf(sight);
      if (place.confidence > best.confidence) {
        best = place;
        idle = 0;
      }
      const [gradient] = drawer.pullBack?.([genome], levels, 'single', slope) ?? [];
      if (gradient === undefined || gradient.every((value) => value === 0)) break;
      adam.step(values, gradient);
      genome = parameters.write(values, genome);
    }
    return best;
  }

  async function* course(): AsyncGenerator<Sight> {
    let start = yield* survey(settings.starts, () => variation.random(shape, random));
    let best = start;
    const breeding = { mutation, generation: 0, random };
    for (;;) {
      const top = yield* climb(start);
      if (top.confidence > best.confidence) best = top;
      start = yield* survey(settings.children, () => variation.child(best.genome, breeding));
    }
  }

  const sights = course();
  let taken = 0;
  return {
    classId,
    async next() {
      if (taken++ > settings.steps) return undefined;
      const { value } = await sights.next();
      return value;
    },
  };
}

/** A picture's levels, plane by plane, as a tensor that a drawer can pull back from. */
function levelsOf({ width, height, channels }: TensorSpec): TensorSpec {
  const ones = new Array<number>(channelCount(channels)).fill(1);
  const order = channels === 'grey' ? channels : 'RGB';
  return { layout: 'NCHW', width, height, channels: order, scale: ones, offset: ones.map(() => 0) };
}
