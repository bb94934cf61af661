import { type Finding, good, missing, note } from './finding.js';

/** Findings about the machine itself, from figures that are given: nothing is looked up here. */

const OLDEST = [20, 9] as const;
const GIGABYTE = 1e9;
/** Below this a worker has no room for a model; below the second a night's archive may not fit. */
const LEAST_BYTES = 0.2 * GIGABYTE;
const FEW_BYTES = 5 * GIGABYTE;
/** Nothing in a run depends on clocks that agree; logs that are read side by side do. */
const SKEW_SECONDS = 5;

/** @param version as `process.version` has it */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [least, leastMinor] = OLDEST;
  const old = major < least || (major === least && minor < leastMinor);
  if (old) return missing('Node', `${version} is too old. Install Node ${OLDEST.join('.')} or later.`);
  return good('Node', version);
}

export function describeMachine(cores: number, bytes: number): Finding {
  return good('machine', `${cores} cores, ${(bytes / GIGABYTE).toFixed(1)} GB of memory`);
}

/** @param listed what `nvidia-smi` prints of each GPU, one a line; undefined where there is none */
export function describeGpus(listed: string | undefined): Finding {
  const gpus = (listed ?? '').split('\n').filter((line) => line.trim() !== '');
  if (gpus.length === 0) return note('GPUs', 'none that nvidia-smi lists');
  return good('GPUs', gpus.map((gpu, i) => `${i}: ${gpu.trim()}`).join('; '));
}

/** @param freeBytes undefined where the system does not say */
export function checkDisk(folder: string, freeBytes: number | undefined): Finding {
  const subject = `disk of ${folder}`;
  if (freeBytes === undefined) return note(subject, 'not known');
  const said = `${(freeBytes / GIGABYTE).toFixed(1)} GB free`;
  if (freeBytes < LEAST_BYTES) return missing(subject, `${said}. Make room.`);
  return freeBytes < FEW_BYTES ? note(subject, said) : good(subject, said);
}

/**
 * @param there the other clock's time, in milliseconds since 1970, in whole seconds
 * @param here when the answer came, in the same
 */
export function checkClock(there: number, here: number): Finding {
  const seconds = Math.round(Math.abs(here - there) / 1000);
  // The answer was on its way, and was cut to a second.
  if (seconds <= 1) return good('clock', 'agrees with that of the coordinator');
  const said = `${seconds} s ${here > there ? 'ahead of' : 'behind'} that of the coordinator`;
  return seconds > SKEW_SECONDS ? note('clock', `${said}. Logs will not match.`) : good('clock', said);
}
