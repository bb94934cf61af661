import type { Elite } from '../../protocol/archive/elite.js';
import type { RealParameters } from '../../protocol/encodings/encoding.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import type { Offspring } from './emitter.js';
import type { ParentPool } from './selection.js';
import { steepest } from './steepest.js';
import type { Visit } from './visit.js';

/** What a gradient still counts a step later (Polyak's momentum). */
const MOMENTUM = 0.5;

/**
 * Several steps towards a class, each taken whether or not the one before gained, with momentum and ever shorter, evenly
 * down to nothing: a way out where single steps gain nothing. Every picture but the last is evaluated with its gradient.
 */
export function createLongVisit(parts: {
  readonly classId: number;
  /** The confidence that ends it. */
  readonly goal: number;
  /** What it begins from: the class's elite, or another's. */
  readonly from: Elite;
  readonly archive: ParentPool;
  readonly parameters: RealParameters<Genome>;
  /** Root mean square of the first step, in units of the parameters. */
  readonly rate: number;
  readonly steps: number;
}): Visit {
  const { classId, goal, from, archive, parameters, rate, steps } = parts;
  const before = archive.confidences[classId] ?? 0;
  const { genome } = from.candidate;
  const matrices = parameters.matrices?.(genome);
  // Before they are rounded to a genome.
  const values = parameters.read(genome);
  const mean = new Float64Array(values.length);
  let left = steps;
  let parent = from;
  let offspring: Offspring = { genome, parent, towards: classId };

  function step(gradient: Float32Array): Offspring {
    for (let i = 0; i < mean.length; i++) {
      const slope = gradient[i] as number;
      mean[i] = MOMENTUM * (mean[i] as number) + (Number.isFinite(slope) ? slope : 0);
    }
    const direction = steepest(mean, matrices);
    const size = (rate * left) / steps;
    for (let i = 0; i < values.length; i++) {
      values[i] = (values[i] as number) + size * (direction[i] as number);
    }
    left--;
    const next = { genome: parameters.write(values, genome), parent };
    return left > 0 ? { ...next, towards: classId } : next;
  }

  return {
    classId,
    get offspring() {
      return offspring;
    },
    tell({ confidences, gradient }) {
      const elite = archive.elite(classId);
      // The next descends from the last that holds a cell.
      if (elite?.candidate.genome === offspring.genome) parent = elite;
      if (left === 0 || gradient === undefined || (confidences[classId] ?? 0) >= goal) {
        return (archive.confidences[classId] ?? 0) > before ? 'gained' : 'in vain';
      }
      offspring = step(gradient);
      return 'under way';
    },
  };
}
