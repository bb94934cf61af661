import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXPORT_PARTS, type ExportPart, exportRun } from '../../coordinator/export/export.js';
import { openRunDirectory } from '../../coordinator/run-directory.js';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import { MAX_SIDE } from '../../protocol/drawing/drawer.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { BadInputError, InterruptedError } from '../../protocol/errors.js';
import { followInterruption } from '../cli/interruption.js';
import { createMeter, IMAGES } from '../cli/meter.js';
import { wholeFrom } from '../cli/numbers.js';
import { print, printJson } from '../cli/output.js';

interface ExportFlags {
  readonly out?: string;
  readonly size: number;
  readonly what: readonly ExportPart[];
  readonly classes?: readonly string[];
  readonly json?: boolean;
}

export function registerExport(program: Command): void {
  program
    .command('export')
    .description('make images, a contact sheet and tables of a run, which may go on meanwhile')
    .argument('<run>', 'a run directory')
    .option('--out <dir>', 'where they go (default: export/ in the run directory)')
    .option('--size <pixels>', `side of the images, 1 to ${MAX_SIDE}`, wholeFrom(1, MAX_SIDE), 256)
    .addOption(
      new Option('--what <list>', `any of ${EXPORT_PARTS.join(',')}`)
        .argParser(parts)
        .default(EXPORT_PARTS, 'all'),
    )
    .option('--classes <list>', 'only these, by index or label (default: all)', (text) => text.split(','))
    .option('--json', 'print the result as one line of JSON')
    .action(async (run: string, flags: ExportFlags) => exportCommand(run, flags));
}

async function exportCommand(path: string, flags: ExportFlags): Promise<void> {
  const run = await openRunDirectory(path);
  const reader = openSqliteReader(run.archiveFile);
  const meter = createMeter(() => performance.now(), IMAGES);
  const interruption = followInterruption();
  try {
    const result = await exportRun({
      spec: run.spec,
      reader,
      drawer: loadDrawer(),
      directory: flags.out ?? join(run.path, 'export'),
      size: flags.size,
      parts: flags.what,
      ...(flags.classes && { classes: flags.classes.map((name) => classOf(name, reader.labels)) }),
      onProgress: (drawn, total) => {
        if (interruption.signal.aborted) throw new InterruptedError('interrupted; nothing was written');
        meter.update(drawn, total);
      },
    });
    meter.done();
    if (flags.json) printJson(result);
    else print(`${result.elites} elites in ${result.directory}`);
  } finally {
    interruption.release();
    reader.close();
  }
}

/** A class by its index or its exact label. */
function classOf(name: string, labels: readonly string[]): number {
  const byLabel = labels.indexOf(name.trim());
  if (byLabel >= 0) return byLabel;
  const index = Number(name);
  if (name.trim() !== '' && Number.isInteger(index) && index >= 0 && index < labels.length) return index;
  throw new BadInputError({
    code: 'ERR_CLASS',
    expected: `a class 0 to ${labels.length - 1}, or its label`,
    got: JSON.stringify(name),
    fix: 'look it up in elites.csv',
  });
}

function parts(text: string): ExportPart[] {
  return text.split(',').map((name) => {
    const part = EXPORT_PARTS.find((known) => known === name.trim());
    if (part === undefined) throw new InvalidArgumentError(`expected any of ${EXPORT_PARTS.join(',')}`);
    return part;
  });
}
