import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXPORT_PARTS, type ExportPart } from '../../coordinator/export/export-directory.js';
import { ENGINE_NAMES } from '../../protocol/spec/engine-names.js';
import type { ExportFlags } from '../export/export-run.js';
import { SCALINGS, wantedSize } from '../export/wanted-size.js';

export function registerExport(program: Command): void {
  program
    .command('export')
    .description('write pictures, a contact sheet and tables of a run, which may go on meanwhile')
    .argument('<run>', 'a run directory')
    .option('--out <dir>', 'directory that they are written to (default: export/ in the run directory)')
    .option(
      '--size <pixels>',
      "longer side of the pictures, or both sides like 640x480 (default: the network's own size)",
      wantedSize,
    )
    .addOption(
      new Option(
        '--scaling <how>',
        'how they get that size: enlarge the pixels that the network saw, or redraw the image, which is another picture (default: enlarge; redraw where the size is smaller)',
      ).choices(SCALINGS),
    )
    .addOption(
      new Option(
        '--what <list>',
        `any of ${EXPORT_PARTS.join(',')}; html: the wall as one file, which any browser shows without a server`,
      )
        .argParser(parts)
        .default(EXPORT_PARTS, 'all'),
    )
    .option('--classes <list>', 'only these, by index or label; wall.html has all (default: all)', (text) =>
      text.split(','),
    )
    .addOption(
      new Option(
        '--engine <engine>',
        "what runs the network for pictures of another size (default: the run's)",
      ).choices(ENGINE_NAMES),
    )
    .option('--device <device>', "cpu, webgpu, cuda or cuda:N (default: the run's)")
    .option('--json', 'print the result as one line of JSON')
    .action(async (run: string, flags: ExportFlags) => {
      const { exportCommand } = await import('../export/export-run.js');
      await exportCommand(run, flags);
    });
}

function parts(text: string): ExportPart[] {
  return text.split(',').map((name) => {
    const part = EXPORT_PARTS.find((known) => known === name.trim());
    if (part === undefined) throw new InvalidArgumentError(`expected any of ${EXPORT_PARTS.join(',')}`);
    return part;
  });
}
