import { destination, pino, stdTimeFunctions } from 'pino';
import type { Told, Urgency, Voice } from './output.js';
import { withoutSecrets } from './secrets.js';

/** What is on every line. */
export type Bindings = Readonly<Record<string, string | number>>;

/**
 * Says each sentence as a line of JSON on standard error: `level`, `time`, `pid`, the bindings as they are then, the event
 * and its figures, `msg`. Written at once: the last line of a process that dies is there.
 */
export function jsonVoice(least: Urgency, bindings: () => Bindings): Voice {
  const logger = pino(
    {
      level: least,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination({ dest: 2, sync: true }),
  );
  return (text, urgency, told) => logger[urgency]({ ...clean(bindings()), ...clean(told ?? {}) }, text);
}

function clean(fields: Bindings | Told | Record<string, never>): object {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === 'string' ? withoutSecrets(value) : value,
    ]),
  );
}
