import type { Elite } from '../../protocol/archive/elite.js';
import type { RealParameters } from '../../protocol/encodings/encoding.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import type { Offspring } from './emitter.js';
import { steepest } from './steepest.js';
import type { Visit } from './visit.js';

/** A step that gained nothing is tried once more at this part of its size. */
const SHRINK = 0.3;
const TRIES = 2;

/**
 * One step from a class's elite: its gradient, and a picture a step away in the direction of steepest descent of −log of the
 * confidence; where that is not surer, one at {@link SHRINK} of the way.
 */
export function createShortVisit(parts: {
  readonly elite: Elite;
  readonly parameters: RealParameters<Genome>;
  /** Root mean square of the step, in units of the parameters. */
  readonly rate: number;
  /** Short visits of the class before, in a row, that gained nothing from this size on: they are not tried again. */
  readonly failures: number;
}): Visit {
  const { elite, parameters, rate, failures } = parts;
  const { classId, confidence } = elite;
  const { genome } = elite.candidate;
  let offspring: Offspring = { genome, parent: elite, towards: classId };
  let direction: Float64Array | undefined;
  let tries = failures * TRIES;
  const last = tries + TRIES;

  function step(along: Float64Array): Offspring {
    const size = rate * SHRINK ** tries;
    tries++;
    const values = parameters.read(genome);
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) + size * (along[i] as number);
    return { genome: parameters.write(values, genome), parent: elite };
  }

  return {
    classId,
    get offspring() {
      return offspring;
    },
    tell({ confidences, gradient }) {
      if (direction === undefined) {
        if (gradient === undefined) return 'in vain';
        direction = steepest(Float64Array.from(gradient), parameters.matrices?.(genome));
      } else {
        if ((confidences[classId] ?? 0) > confidence) return 'gained';
        if (tries === last) return 'in vain';
      }
      offspring = step(direction);
      return 'under way';
    },
  };
}
