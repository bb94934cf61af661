import { BadInputError } from '../errors.js';

/** What a worker's join rejects with when the coordinator says no, in whatever way the word travelled. */
export function refusedError(reason: string): BadInputError {
  return new BadInputError({
    code: 'ERR_REFUSED',
    expected: 'to be given an island',
    got: `a refusal: ${reason}`,
    fix: 'start the worker with a run that has room for it',
  });
}
