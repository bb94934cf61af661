import { type Command, Option } from 'commander';
import { plainVoice, speakWith, URGENCIES, type Urgency } from './output.js';

/** How a process that runs for long says what it does. */
export interface LogFlags {
  readonly logFormat: 'text' | 'json';
  readonly logLevel: Urgency;
}

const FORMAT = 'ATOLL_LOG_FORMAT';
const LEVEL = 'ATOLL_LOG_LEVEL';

export function addLogFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--log-format <format>',
        'sentences for people, or a line of JSON for each, for a log collector',
      )
        .choices(['text', 'json'])
        .default('text')
        .env(FORMAT),
    )
    .addOption(
      new Option('--log-level <level>', 'the least urgent messages that are shown')
        .choices([...URGENCIES])
        .default('info')
        .env(LEVEL),
    );
}

/** From now on, and in child processes too, what is said is said so. `bindings` are on every line of JSON. */
export async function startLog(
  { logFormat, logLevel }: LogFlags,
  bindings: Readonly<Record<string, string>>,
): Promise<void> {
  Object.assign(process.env, { [FORMAT]: logFormat, [LEVEL]: logLevel });
  if (logFormat === 'json') {
    const { jsonVoice } = await import('./json-voice.js');
    speakWith(jsonVoice(logLevel, bindings));
  } else if (logLevel !== 'info') {
    const least = URGENCIES.indexOf(logLevel);
    speakWith((text, urgency) => {
      if (URGENCIES.indexOf(urgency) >= least) plainVoice(text, urgency);
    });
  }
}

/** As the parent of this process was told to. */
export function inheritLog(bindings: Readonly<Record<string, string>>): Promise<void> {
  const logLevel = URGENCIES.find((urgency) => urgency === process.env[LEVEL]) ?? 'info';
  return startLog({ logFormat: process.env[FORMAT] === 'json' ? 'json' : 'text', logLevel }, bindings);
}
