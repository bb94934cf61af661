import type { Command } from 'commander';

export interface SetFlag {
  readonly set?: readonly string[];
}

/** `--set KEY=VALUE`, as often as wanted, of the commands that make runs. */
export function addSetFlag(command: Command): Command {
  return command.option(
    '--set <key=value>',
    'one key of the run spec, e.g. evolution.mutation.rate=0.2; can be repeated',
    (value: string, before: readonly string[] = []) => [...before, value],
  );
}
