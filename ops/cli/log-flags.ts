import { type Command, Option } from 'commander';
import type { Bindings } from './json-voice.js';
import { plainVoice, speakWith, URGENCIES, type Urgency } from './output.js';

type Format = 'text' | 'json';

/** How a process that runs for long says what it does. */
export interface LogFlags {
  /** Where none is given, a terminal gets text. */
  readonly logFormat?: Format;
  readonly logLevel: Urgency;
}

const FORMAT = 'ATOLL_LOG_FORMAT';
const LEVEL = 'ATOLL_LOG_LEVEL';

/** @param otherwise the format where none is given and standard error is no terminal */
export function addLogFlags(command: Command, otherwise: Format = 'json'): Command {
  const unless = otherwise === 'json' ? 'text on a terminal, else json' : 'text';
  return command
    .addOption(
      new Option(
        '--log-format <format>',
        `sentences for people (text), or a line of JSON for each, for a log collector (default: ${unless})`,
      )
        .choices(['text', 'json'])
        .env(FORMAT),
    )
    .addOption(
      new Option('--log-level <level>', 'the least urgent messages that are shown')
        .choices([...URGENCIES])
        .default('info')
        .env(LEVEL),
    );
}

let bindings: Bindings = {};

/**
 * From now on, and in child processes too, what is said is said so; `first` is on every line of JSON. Resolves to the
 * format. `otherwise` is as of {@link addLogFlags}.
 */
export async function startLog(
  { logFormat, logLevel }: LogFlags,
  first: Bindings,
  otherwise: Format = 'json',
): Promise<Format> {
  const format = logFormat ?? (process.stderr.isTTY ? 'text' : otherwise);
  Object.assign(process.env, { [FORMAT]: format, [LEVEL]: logLevel });
  bindings = first;
  if (format === 'json') {
    const { jsonVoice } = await import('./json-voice.js');
    speakWith(jsonVoice(logLevel, () => bindings));
  } else if (logLevel !== 'info') {
    const least = URGENCIES.indexOf(logLevel);
    speakWith((text, urgency) => {
      if (URGENCIES.indexOf(urgency) >= least) plainVoice(text, urgency);
    });
  }
  return format;
}

/** From now on these are on every line of JSON too. */
export function bindLog(more: Bindings): void {
  bindings = { ...bindings, ...more };
}

/** As the parent of this process was told to. */
export async function inheritLog(first: Bindings): Promise<void> {
  const logLevel = URGENCIES.find((urgency) => urgency === process.env[LEVEL]) ?? 'info';
  await startLog({ logFormat: process.env[FORMAT] === 'json' ? 'json' : 'text', logLevel }, first);
}
