import type { Command } from 'commander';
import { createProgram } from '../../ops/program.js';

/** Lines that are for other programs than atoll. */
const OTHERS = /^#SBATCH|\b(?:chmod|git clone|install|stat|systemctl|useradd)\b/;
/** sbatch's own flags go before the file; what comes after it is for `atoll worker`. */
const SUBMISSION = /\bsbatch .*worker\.sbatch /;

/** The commands that a shipped file runs (`atoll.js worker`), and all flags that its lines give to atoll. */
export function atollWords(text: string): { readonly commands: string[]; readonly flags: string[] } {
  const lines = text
    .split('\n')
    .filter((line) => SUBMISSION.test(line) || !OTHERS.test(line))
    .map((line) => line.replace(SUBMISSION, ''));
  const words = (pattern: RegExp) =>
    lines.flatMap((line) => [...line.matchAll(pattern)].map(([, word = '']) => word));
  return {
    commands: words(/atoll\.js"? ([a-z]+)/g),
    flags: words(/(?<![\w-])(--[a-z][a-z-]*)/g),
  };
}

/** The long flags of a command of atoll; undefined where there is no such command. */
export async function flagsOf(name: string): Promise<readonly string[] | undefined> {
  const found = (await createProgram([name])).commands.find((command: Command) => command.name() === name);
  return found?.options.flatMap(({ long }) => long ?? []);
}
