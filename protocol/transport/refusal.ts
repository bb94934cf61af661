import { BadInputError } from '../base/errors.js';

/** What a worker's join rejects with when the coordinator says no, in whatever way the word travelled. */
export function refusedError(reason: string): BadInputError {
  return new BadInputError({
    code: 'ERR_REFUSED',
    problem: `The coordinator gave this worker no island: ${reason}`,
    fix: 'Start the worker for a run that has a free island',
  });
}
