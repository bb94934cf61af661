import type { Elite } from '../../protocol/archive/elite.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { type Adam, createAdam } from './adam.js';
import type { EmitterMaker, EmitterParts, Offspring, Outcome } from './emitter.js';
import { foundedOffspring } from './founding.js';
import { SOLVED } from './log-odds.js';
import { parametersOf } from './parameters.js';

/** The goal of a visit, until no more than {@link FEW} of the classes are below it; then it is {@link SOLVED}. */
const NEARLY = 0.9;
const FEW = 0.1;

/** A visit of a class. */
interface Visit {
  readonly classId: number;
  /** The confidence that ends it. */
  readonly goal: number;
  /** Before they are rounded to a genome. */
  readonly values: Float32Array;
  readonly adam: Adam;
  /** Steps to take. */
  left: number;
  /** The last picture of the visit that took the class's cell; before, what the visit began from. */
  parent: Elite;
  /** What is asked for next. */
  offspring: Offspring;
}

/**
 * Visits classes that are not solved, those below {@link NEARLY} first: from a class's elite, up to
 * `evolution.gradient.steps` Adam steps on −log of its confidence, with fresh means. Every picture on the way is offered to
 * all cells, as everything is. A visit evaluates the elite again, for its gradient, and one picture a step, the last without
 * a gradient; it ends at its goal.
 * With a batch of n, n classes are visited side by side. It learns nothing that outlasts a visit.
 */
export const createGradientEmitter: EmitterMaker = (parts) => {
  const { archive, spec } = parts;
  const { steps, rate } = spec.evolution.gradient;
  const parameters = parametersOf(spec.encoding);
  let visits: Visit[] = [];
  let visiting = false;

  function begin(): Offspring {
    const { elite: parent, goal } = drawAim(
      parts,
      visits.map(({ classId }) => classId),
    );
    const { genome } = parent.candidate;
    const values = parameters.read(genome);
    const { classId } = parent;
    const offspring = offspringOf(genome, parent, steps);
    visits.push({
      classId,
      goal,
      values,
      adam: createAdam(values.length, rate),
      left: steps,
      parent,
      offspring,
    });
    return offspring;
  }

  /** Takes the step that an outcome shows; false when the visit is over. */
  function goOn(visit: Visit, { offspring, confidences, gradient }: Outcome): boolean {
    if (visit.left === 0 || gradient === undefined) return false;
    if ((confidences[visit.classId] ?? 0) >= visit.goal) return false;
    const elite = archive.elite(visit.classId);
    if (elite?.candidate.genome === offspring.genome) visit.parent = elite;
    visit.adam.step(visit.values, gradient);
    visit.left--;
    visit.offspring = offspringOf(parameters.write(visit.values, offspring.genome), visit.parent, visit.left);
    return true;
  }

  return {
    ask(n) {
      if (visiting) return visits.slice(0, n).map(({ offspring }) => offspring);
      // What was asked for and never told is forgotten.
      visits = [];
      return foundedOffspring(parts, n, begin);
    },
    tell(outcomes) {
      const told = new Map(outcomes.map((outcome) => [outcome.offspring, outcome]));
      visits = visits.filter((visit) => {
        const outcome = told.get(visit.offspring);
        return outcome === undefined || goOn(visit, outcome);
      });
      visiting = visits.length > 0;
    },
    save: () => undefined,
    get visiting() {
      return visiting;
    },
    report: { neutral: 0 },
  };
};

/** @param left steps that are to follow: after the last, no gradient is needed. */
function offspringOf(genome: Genome, parent: Elite, left: number): Offspring {
  return { genome, parent, ...(left > 0 && { towards: parent.classId }) };
}

/** What is visited next, and the confidence that ends the visit. */
interface Aim {
  readonly elite: Elite;
  readonly goal: number;
}

/**
 * The elite of a class below the goal, and not one of those that are `visited`; where all are, of any
 * class. The surer of two drawn uniformly: what is nearly solved is solved first, and its pictures serve others.
 */
function drawAim({ archive, random }: EmitterParts, visited: readonly number[]): Aim {
  const { confidences, filled } = archive;
  const classes = Array.from({ length: filled }, (_, i) => archive.nthFilled(i).classId);
  const below = (goal: number) => classes.filter((id) => (confidences[id] ?? 0) < goal);
  const goal = below(NEARLY).length > filled * FEW ? NEARLY : SOLVED;
  const wanted = below(goal).filter((id) => !visited.includes(id));
  const choices = wanted.length > 0 ? wanted : classes;
  const draw = () => choices[random.below(choices.length)] ?? 0;
  const [one, other] = [draw(), draw()];
  const elite = archive.elite((confidences[other] ?? 0) > (confidences[one] ?? 0) ? other : one);
  if (elite === undefined) throw new RangeError('a filled cell without an elite');
  return { elite, goal: elite.confidence < goal ? goal : 1 };
}
