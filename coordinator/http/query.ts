import { problem, quote } from './problem.js';

/** A plain decimal number from 0; undefined for anything else. */
export function numberOf(text: string): number | undefined {
  return /^\d{1,9}(\.\d{1,12})?$/.test(text) ? Number(text) : undefined;
}

export function badQuery(name: string, wanted: string, given: string | undefined): Response {
  return problem({
    status: 400,
    code: 'ERR_QUERY',
    problem: `${name} must be ${wanted}, but it is ${quote(given ?? '')}`,
    fix: 'Correct it, or leave it out',
  });
}
