import { type Finding, good, missing, note } from './finding.js';

/** What came of running a small network on a device. */
export interface Trial {
  readonly name: string;
  /** Why it does not run there. */
  readonly problem?: string;
}

/**
 * What trials mean for a worker: one of the devices that are `wanted` has to run a network, or of none are wanted, the CPU.
 * The others are worth a note.
 */
export function judgeDevices(trials: readonly Trial[], wanted: readonly string[]): Finding[] {
  const needed = wanted.length > 0 ? wanted : ['cpu'];
  const isServed = trials.some(({ name, problem }) => needed.includes(name) && problem === undefined);
  return trials.map(({ name, problem }) => {
    const subject = `device ${name}`;
    if (problem === undefined) return good(subject, 'a network runs on it');
    return (needed.includes(name) && !isServed ? missing : note)(subject, problem);
  });
}
