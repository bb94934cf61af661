import type { Command } from 'commander';
import { addNetworkFlags } from '../cli/model-flags.js';
import type { TransferFlags } from '../lab/transfer/transfer-run.js';

export function registerTransfer(program: Command): void {
  const command = program
    .command('transfer')
    .description('ask other networks about the images of a run; flags of networks are for those of --to')
    .option('--run <dirs>', 'a run, or several, separated by commas', list)
    .option(
      '--to <models>',
      'networks, separated by commas: files, directories or names of `atoll models`',
      list,
    );
  addNetworkFlags(command)
    .option('--out <dir>', 'where the result goes (default: lab/transfer in the first run directory)')
    .option('--json', 'print the result as one line of JSON')
    .action(async (flags: TransferFlags) => {
      const { transferCommand } = await import('../lab/transfer/transfer-run.js');
      await transferCommand(flags);
    });
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
