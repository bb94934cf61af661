import type { Command } from 'commander';

/** The names of the options that a person gave, as commander has them (`atMost`), without those that have a default alone. */
export function flagsNamed(command: Command): ReadonlySet<string> {
  const given = command.options.map((option) => option.attributeName());
  return new Set(given.filter((name) => command.getOptionValueSource(name) === 'cli'));
}
