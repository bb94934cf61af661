import { BadInputError, UnreachableError } from '../../protocol/base/errors.js';
import { print, printJson, table } from '../cli/output.js';
import { examine, type Wanted } from './examine.js';
import type { Finding } from './finding.js';

/**
 * What `atoll doctor` does: one screen, and an exit code. Rejects with an {@link UnreachableError} when only the broker
 * is missing, with a {@link BadInputError} when anything else is.
 */
export async function doctorCommand(wanted: Wanted, json: boolean): Promise<void> {
  const findings = await examine(wanted);
  const lacking = findings.filter(({ state }) => state === 'missing').map(({ subject }) => subject);
  if (json) printJson({ starts: lacking.length === 0, findings });
  else print(describe(findings));
  if (lacking.length === 0) return;
  if (lacking.every((subject) => subject === 'broker')) {
    throw new UnreachableError('ERR_DOCTOR', 'A worker would not start here: it does not reach the broker.');
  }
  throw new BadInputError({
    code: 'ERR_DOCTOR',
    problem: `A worker would not start here: look at ${lacking.join(', ')}`,
    fix: 'Correct what is marked as missing above',
  });
}

const MARK = { good: 'ok', note: 'note', missing: 'MISSING' } as const satisfies Record<
  Finding['state'],
  string
>;

function describe(findings: readonly Finding[]): string {
  return table(findings.map(({ subject, state, said }) => [MARK[state], subject, said]));
}
