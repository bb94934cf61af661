import { destination, pino, stdTimeFunctions } from 'pino';
import type { Urgency, Voice } from './output.js';

/**
 * Says each sentence as a line of JSON on standard error: `level`, `time`, what is in `bindings`, `msg`. Written at once:
 * the last line of a process that dies is there.
 */
export function jsonVoice(least: Urgency, bindings: Readonly<Record<string, string>>): Voice {
  const logger = pino(
    {
      level: least,
      base: { pid: process.pid, ...bindings },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination({ dest: 2, sync: true }),
  );
  return (text, urgency) => logger[urgency](text);
}
