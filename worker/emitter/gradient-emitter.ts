import type { Elite } from '../../protocol/archive/elite.js';
import { drawAim } from './aim.js';
import type { EmitterMaker, Offspring } from './emitter.js';
import { createFailures } from './failures.js';
import { foundedOffspring } from './founding.js';
import { createLongVisit } from './long-visit.js';
import { parametersOf } from './parameters.js';
import { createShortVisit } from './short-visit.js';
import type { Visit } from './visit.js';

/** Visits in a row that gained nothing, after which those of the class are long. */
const PATIENCE = 2;
/** Of long visits in vain every second doubles the steps of the next, so often. */
const DOUBLINGS = 2;

/**
 * Visits classes that are not solved: one step from a class's elite towards it (short-visit.ts), or, where
 * {@link PATIENCE} of these gained nothing, `evolution.gradient.steps` of them and more (long-visit.ts), in turn from its own
 * elite and from that of a class drawn. Every picture on the way is offered to all cells, as everything is.
 * With a batch of n, n classes are visited side by side. It learns which classes it visited in vain.
 */
export const createGradientEmitter: EmitterMaker = (parts) => {
  const { archive, spec, random } = parts;
  const { steps, rate } = spec.evolution.gradient;
  const parameters = parametersOf(spec.encoding);
  const failures = createFailures(parts.saved);
  let visits: Visit[] = [];
  let visiting = false;

  function begin(): Offspring {
    const visited = visits.map(({ classId }) => classId);
    const { elite, goal } = drawAim(parts, visited, failures);
    const { classId } = elite;
    const failed = failures.of(classId);
    const visit =
      failed < PATIENCE
        ? createShortVisit({ elite, parameters, rate, failures: failed })
        : createLongVisit({
            classId,
            goal,
            archive,
            parameters,
            rate,
            ...courseOf(failed - PATIENCE, elite),
          });
    visits.push(visit);
    return visit.offspring;
  }

  /** Where a long visit begins, and its steps, after so many of its class in vain. */
  function courseOf(before: number, elite: Elite): { readonly from: Elite; readonly steps: number } {
    const isElsewhere = before % 2 === 1;
    return {
      from: isElsewhere ? archive.nthFilled(random.below(archive.filled)) : elite,
      steps: steps * 2 ** Math.min(DOUBLINGS, Math.floor(before / 2)),
    };
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
        if (outcome === undefined) return true;
        const progress = visit.tell(outcome);
        if (progress === 'gained') failures.clear(visit.classId);
        if (progress === 'in vain') failures.add(visit.classId);
        return progress === 'under way';
      });
      visiting = visits.length > 0;
    },
    save: () => failures.save(),
    get visiting() {
      return visiting;
    },
    report: { neutral: 0 },
  };
};
