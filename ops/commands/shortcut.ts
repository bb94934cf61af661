import type { Command } from 'commander';
import { count, wholeNumber } from '../cli/numbers.js';
import type { ShortcutFlags } from '../lab/shortcut/shortcut.js';

export function registerShortcut(program: Command): void {
  program
    .command('shortcut')
    .description(
      'a lesson: train on two shapes whose colours differ by accident, evolve images, and see what they carry; then without the accident',
    )
    .option('--seed <n>', 'of the pictures, the weights and the evolutions', wholeNumber, 1)
    .option('--pictures <n>', 'pictures that each network is trained on', count, 3000)
    .option('--epochs <n>', 'passes over them', count, 20)
    .option('--evolutions <n>', 'evolutions for each network', count, 3)
    .option('--evaluations <n>', 'of each evolution', count, 2000)
    .option('--out <dir>', 'where the result goes', 'lab/shortcut')
    .option('--json', 'print the result as one line of JSON')
    .action(async (flags: ShortcutFlags) => {
      const { shortcut } = await import('../lab/shortcut/shortcut.js');
      await shortcut(flags);
    });
}
