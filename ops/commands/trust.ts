import type { Command } from 'commander';
import { wholeNumber } from '../cli/numbers.js';
import { print, printJson } from '../cli/output.js';
import { addTargetFlags, addTokenFlag, findCoordinator, type TargetFlags } from '../http/find-coordinator.js';

export function registerTrust(program: Command): void {
  const command = program
    .command('trust')
    .description('accept the improvements of a suspect island again, once you know why its audit failed')
    .argument('<island>', 'number of the island, as `atoll status` shows it', wholeNumber);
  addTokenFlag(addTargetFlags(command))
    .option('--json', 'print the result as one line of JSON')
    .action(async (island: number, { json, ...target }: TargetFlags & { readonly json?: boolean }) => {
      const client = await findCoordinator(target);
      // The token goes only to a server that has shown that it is a coordinator.
      await client.run();
      const trusted = await client.trust(island);
      if (json) printJson(trusted);
      else print(`island ${trusted.island} of ${trusted.run} is trusted`);
    });
}
