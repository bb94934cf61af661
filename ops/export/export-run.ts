import { join } from 'node:path';
import { type ExportResult, exportRun } from '../../coordinator/export/export.js';
import { EXPORT_PARTS, type ExportPart } from '../../coordinator/export/export-directory.js';

import { checkReadableFile } from '../../coordinator/run/readable.js';
import { openRunDirectory } from '../../coordinator/run/run-directory.js';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import { BadInputError } from '../../protocol/base/errors.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { pictureSize } from '../../protocol/drawing/views.js';
import type { EngineName } from '../../protocol/spec/engine-names.js';
import { loadRunModel, openNetworks } from '../../worker/classifier/open.js';
import { classOf } from '../cli/class-of.js';
import { typedPath } from '../cli/command-line.js';
import { followInterruption } from '../cli/interruption.js';
import { createMeter, IMAGES } from '../cli/meter.js';
import { print, printJson } from '../cli/output.js';
import { readWallPage } from '../gallery/page.js';
import { naturalLine } from '../lab/calibration/natural-line.js';
import { networkOf } from './network.js';
import { resolveSize, type Scaling, type WantedSize } from './wanted-size.js';

export interface ExportFlags {
  readonly out?: string;
  readonly size?: WantedSize;
  readonly scaling?: Scaling;
  readonly what: readonly ExportPart[];
  readonly classes?: readonly string[];
  readonly engine?: EngineName;
  readonly device?: string;
  readonly json?: boolean;
}

/** What `atoll export` does. */
export async function exportCommand(path: string, flags: ExportFlags): Promise<void> {
  const { spec, ...run } = await openRunDirectory(path);
  checkReadableFile(run.archiveFile);
  const reader = openSqliteReader(run.archiveFile);
  const interruption = followInterruption();
  try {
    const page = await wallPage(flags.what);
    const classes = flags.classes?.map((name) => classOf(name, reader.labels));
    const loaded = await loadRunModel(run.modelDirectory, spec.modelDigest);
    const { channels, width, height } = loaded.model.input;
    const sight = { ...pictureSize(spec.views, width, height), grey: channels === 'grey' };
    const size = resolveSize(flags.size, flags.scaling, sight);
    const engine = flags.engine ?? spec.engine;
    const classifier =
      size &&
      (await openNetworks(run.modelDirectory, loaded, spec.objective, {
        engine,
        device: flags.device ?? spec.device,
      }));
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
        ...(page !== undefined && { wall: { page, input: loaded.model.input, time: Date.now() } }),
        ...(classes && { classes }),
        ...(await naturalLine(run.path, spec.modelDigest)),
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

/** Undefined where no wall is wanted, or there is no page for one and it is wanted only as a part of everything. */
async function wallPage(parts: readonly ExportPart[]): Promise<string | undefined> {
  if (!parts.includes('html')) return undefined;
  const page = await readWallPage();
  if (page !== undefined || parts.length === EXPORT_PARTS.length) return page;
  throw new BadInputError({
    code: 'ERR_NO_GALLERY',
    problem: 'This Atoll was built without its gallery, so it has no page for a wall',
    fix: 'Build it again with npm run build',
  });
}

/** What was written, and, last, where it is. */
function tell({ directory, elites, pictures, median }: ExportResult): string {
  const { making, width, height } = pictures;
  const where = `${elites} elites are in ${typedPath(directory)}`;
  if (making === 'native' || elites === 0) return where;
  const [seen, now] = [median.seen, median.pictures].map((confidence) => confidence.toFixed(4));
  return `The network gives the pictures, ${making} to ${width} × ${height}, a median confidence of ${now}; it gave ${seen} to what it saw.\n${where}`;
}
