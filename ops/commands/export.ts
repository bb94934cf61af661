import { join, relative } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ExportResult, exportRun } from '../../coordinator/export/export.js';
import { EXPORT_PARTS, type ExportPart } from '../../coordinator/export/export-directory.js';
import { shownLabel } from '../../coordinator/export/shown-label.js';
import { openRunDirectory } from '../../coordinator/run-directory.js';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { pictureSize } from '../../protocol/drawing/views.js';
import { BadInputError } from '../../protocol/errors.js';
import { openClassifier } from '../../worker/classifier/open.js';
import { resolveRunModel } from '../../worker/classifier/open-run.js';
import { followInterruption } from '../cli/interruption.js';
import { createMeter, IMAGES } from '../cli/meter.js';
import { print, printJson } from '../cli/output.js';
import { networkOf } from '../export/network.js';
import { resolveSize, SCALINGS, type Scaling, type WantedSize, wantedSize } from '../export/wanted-size.js';

interface ExportFlags {
  readonly out?: string;
  readonly size?: WantedSize;
  readonly scaling?: Scaling;
  readonly what: readonly ExportPart[];
  readonly classes?: readonly string[];
  readonly engine?: 'onnx' | 'tensorflow';
  readonly device?: string;
  readonly json?: boolean;
}

export function registerExport(program: Command): void {
  program
    .command('export')
    .description('write pictures, a contact sheet and tables of a run, which may go on meanwhile')
    .argument('<run>', 'a run directory')
    .option('--out <dir>', 'where they go (default: export/ in the run directory)')
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
      new Option('--what <list>', `any of ${EXPORT_PARTS.join(',')}`)
        .argParser(parts)
        .default(EXPORT_PARTS, 'all'),
    )
    .option('--classes <list>', 'only these, by index or label (default: all)', (text) => text.split(','))
    .addOption(
      new Option(
        '--engine <engine>',
        "what runs the network for pictures of another size (default: the run's)",
      ).choices(['onnx', 'tensorflow']),
    )
    .option('--device <device>', "cpu, webgpu, cuda or cuda:N (default: the run's)")
    .option('--json', 'print the result as one line of JSON')
    .action(async (run: string, flags: ExportFlags) => exportCommand(run, flags));
}

async function exportCommand(path: string, flags: ExportFlags): Promise<void> {
  const { spec, ...run } = await openRunDirectory(path);
  const reader = openSqliteReader(run.archiveFile);
  const interruption = followInterruption();
  try {
    const classes = flags.classes?.map((name) => classOf(name, reader.labels));
    const model = await resolveRunModel(run.modelDirectory, spec.modelDigest);
    const { channels, width, height } = model.input;
    const sight = { ...pictureSize(spec.views, width, height), grey: channels === 'grey' };
    const size = resolveSize(flags.size, flags.scaling, sight);
    const engine = flags.engine ?? spec.engine;
    const classifier = size && (await openClassifier(model, { engine, device: flags.device ?? spec.device }));
    const meter = createMeter(() => performance.now(), IMAGES);
    try {
      const result = await exportRun({
        spec,
        reader,
        drawer: loadDrawer(),
        directory: flags.out ?? join(run.path, 'export'),
        sight,
        ...(size && classifier && { scaling: { ...size, network: networkOf(classifier, spec.views) } }),
        parts: flags.what,
        ...(classes && { classes }),
        signal: interruption.signal,
        onProgress: meter.update,
      });
      meter.done();
      if (flags.json) printJson(result);
      else print(tell(result));
    } finally {
      await classifier?.close();
    }
  } finally {
    interruption.release();
    reader.close();
  }
}

/** What was written, and, last, where it is. */
function tell({ directory, elites, pictures, median }: ExportResult): string {
  const { making, width, height } = pictures;
  const near = relative('', directory);
  const where = `${elites} elites are in ${near.length < directory.length ? near : directory}`;
  if (making === 'native' || elites === 0) return where;
  const [seen, now] = [median.seen, median.pictures].map((confidence) => confidence.toFixed(4));
  return `The network gives the pictures, ${making} to ${width} × ${height}, a median confidence of ${now}; it gave ${seen} to what it saw.\n${where}`;
}

/** A class by its index or its label. */
function classOf(name: string, labels: readonly string[]): number {
  const given = name.trim();
  const shown = shownLabel(given);
  const byLabel = labels.findIndex((label) => label === given || shownLabel(label) === shown);
  if (shown !== '' && byLabel >= 0) return byLabel;
  const index = Number(given);
  if (given !== '' && Number.isInteger(index) && index >= 0 && index < labels.length) return index;
  throw new BadInputError({
    code: 'ERR_CLASS',
    problem: `${JSON.stringify(shown)} is no class of this run`,
    fix: `Give a number from 0 to ${labels.length - 1}, or a label; elites.csv of an export lists both`,
  });
}

function parts(text: string): ExportPart[] {
  return text.split(',').map((name) => {
    const part = EXPORT_PARTS.find((known) => known === name.trim());
    if (part === undefined) throw new InvalidArgumentError(`expected any of ${EXPORT_PARTS.join(',')}`);
    return part;
  });
}
