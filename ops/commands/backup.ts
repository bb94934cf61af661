import type { Command } from 'commander';
import { commandLine, typedPath } from '../cli/command-line.js';
import { print, printJson, say } from '../cli/output.js';

export function registerBackup(program: Command): void {
  program
    .command('backup')
    .description('copy a run into one tar file, while it goes on; unpacked, that is a run directory')
    .argument('<run>', 'a run directory')
    .argument('<file>', 'the file to write, e.g. night.tar')
    .option('--json', 'print the result as one line of JSON')
    .action(async (run: string, file: string, { json }: { json?: boolean }) => {
      const { backupRun } = await import('../backup/backup-run.js');
      const backup = await backupRun(run, file);
      if (json) {
        printJson(backup);
        return;
      }
      const { elites, jumps, bytes } = backup;
      print(`${typedPath(backup.file)}: ${elites} elites, ${jumps} jumps, ${(bytes / 1e6).toFixed(1)} MB`);
      say(
        `to restore it: tar -xf ${typedPath(backup.file)} -C runs, then ${commandLine(['verify', `runs/${backup.run}`])}`,
      );
    });
}
