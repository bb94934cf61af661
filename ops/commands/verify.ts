import { type Command, Option } from 'commander';
import { ENGINE_NAMES } from '../../protocol/spec/engine-names.js';
import { numberFromZero } from '../cli/numbers.js';
import type { VerifyFlags } from '../verify/verify-run.js';

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('check all that a run stores; draw and score every elite again, from its directory alone')
    .argument('<run>', 'a run directory')
    .addOption(new Option('--engine <engine>', "default: the run's").choices(ENGINE_NAMES))
    .option('--device <device>', "cpu, webgpu, cuda or cuda:N (default: the run's)")
    .option('--tolerance <c>', 'largest difference in confidence that passes', numberFromZero, 1e-4)
    .option(
      '--repair',
      'replace elites that do not hold by the best jump of their class that does, or empty the cell',
    )
    .option('--json', 'print the result as one line of JSON')
    .action(async (run: string, flags: VerifyFlags) => {
      const { verifyCommand } = await import('../verify/verify-run.js');
      await verifyCommand(run, flags);
    });
}
