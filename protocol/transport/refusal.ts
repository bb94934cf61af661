import { BadInputError } from '../base/errors.js';

/** The error of a worker's join that the coordinator refused, over any transport. */
export function refusedError(reason: string): BadInputError {
  return new BadInputError({
    code: 'ERR_REFUSED',
    problem: `The coordinator gave this worker no island: ${reason}`,
    fix: 'Start the worker for a run that has a free island',
  });
}
