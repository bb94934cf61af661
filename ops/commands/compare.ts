import type { Command } from 'commander';
import type { CompareFlags } from '../lab/compare/compare.js';

export function registerCompare(program: Command): void {
  program
    .command('compare')
    .description(
      'compare runs at equal evaluations and at equal forward passes: curves with their spread over seeds, and tests',
    )
    .argument('<runs...>', 'run directories; those with the same spec but for the seed are one group')
    .option('--out <dir>', 'where the result goes', 'lab/compare')
    .option('--json', 'print the result as one line of JSON')
    .action(async (runs: readonly string[], flags: CompareFlags) => {
      const { compareCommand } = await import('../lab/compare/compare.js');
      await compareCommand(runs, flags);
    });
}
