import type { Command } from 'commander';
import type { ReportFlags } from '../lab/report/report.js';

export function registerReport(program: Command): void {
  program
    .command('report')
    .description(
      'write one page on a run, with all that was found in it, and the figures of its experiments again; or those of other experiments',
    )
    .argument('<dir>', 'a run directory, which may be in use; or the folder of one experiment, or of several')
    .option('--out <dir>', 'where it goes (default: report/ in the run directory)')
    .option(
      '--author <name>',
      'who is to be cited; may be given several times',
      (name: string, all: readonly string[]) => [...all, name],
      [],
    )
    .option('--json', 'print the result as one line of JSON')
    .action(async (directory: string, flags: ReportFlags) => {
      const { reportCommand } = await import('../lab/report/report.js');
      await reportCommand(directory, flags);
    });
}
