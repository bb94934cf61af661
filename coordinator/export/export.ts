import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type ArchiveSummary, summarise } from '../../protocol/archive/summary.js';
import type { Drawer } from '../../protocol/drawing/drawer.js';
import type { Sight, Size } from '../../protocol/drawing/sight.js';
import { discard, makeDirectory, temporaryName } from '../../protocol/files/atomic.js';
import { explainWriting } from '../../protocol/files/write-errors.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { StoredElite, StoreReader } from '../store/store.js';
import { captionOf } from './caption.js';
import { type ContactSheet, createContactSheet } from './contact-sheet.js';
import { type EliteRow, eliteTable, toCsv } from './elite-table.js';
import { type ExportPart, PART_NAMES, putInPlace, refuseForeign } from './export-directory.js';
import type { Making } from './picture.js';
import { makePictures, type Scaling } from './pictures.js';
import { unlessInterrupted } from './unless-interrupted.js';

export interface ExportOptions {
  readonly spec: RunSpec;
  readonly reader: StoreReader;
  readonly drawer: Drawer;
  /** Made where it is missing; an earlier export in it is replaced. */
  readonly directory: string;
  /** What the network saw of each genome. */
  readonly sight: Sight;
  /** Absent: pictures are what the network saw. */
  readonly scaling?: Scaling;
  readonly parts: readonly ExportPart[];
  /** What the network gives natural images, in a sentence: for the sheet's caption. */
  readonly natural?: string;
  /** Only these classes; absent: all. */
  readonly classes?: readonly number[];
  /** Gives up soon after it is aborted. */
  readonly signal?: AbortSignal;
  /** Called after each picture. */
  readonly onProgress?: (made: number, total: number) => void;
}

export interface ExportResult {
  /** Absolute. */
  readonly directory: string;
  readonly elites: number;
  readonly pictures: Size & { readonly making: Making };
  /** The network's median confidence in what it saw of these elites, and in the pictures; 0 of none. */
  readonly median: { readonly seen: number; readonly pictures: number };
  /** Relative to the directory. */
  readonly files: readonly string[];
}

/**
 * Exports what the archive holds at this moment; the run may go on meanwhile. The directory is there whole, or as it
 * was before. Throws a {@link BadInputError} when it holds anything but an earlier export, or cannot be written, and an
 * {@link InterruptedError} when it is told to stop.
 */
export async function exportRun(options: ExportOptions): Promise<ExportResult> {
  const directory = resolve(options.directory);
  await refuseForeign(directory);
  const building = temporaryName(directory);
  let takeBack = async () => {};
  try {
    takeBack = await makeDirectory(building);
    const made = await writeParts(building, options);
    await putInPlace(building, directory);
    return { directory, ...made };
  } catch (error) {
    await discard(building);
    await takeBack();
    throw explainWriting(error, directory);
  }
}

async function writeParts(
  directory: string,
  options: ExportOptions,
): Promise<Omit<ExportResult, 'directory'>> {
  const { spec, reader, scaling, sight, signal } = options;
  const { labels } = reader;
  const parts = new Set(options.parts);
  const wanted = new Set(options.classes ?? labels.keys());
  // One reading for all parts, so that they agree while the run goes on.
  const all = reader.elites();
  const elites = all.filter(({ jump }) => wanted.has(jump.classId));
  const summary = summariseElites(labels.length, all);
  const sheet = parts.has('sheet') ? createSheet([...wanted], summary, options) : undefined;
  const pictures = await makePictures(directory, parts.has('images') || sheet ? elites : [], {
    ...options,
    labels,
    sheet,
    folder: parts.has('images') ? PART_NAMES.images : undefined,
  });
  const rows = eliteTable(elites, labels, pictures);
  const files = rows.flatMap(({ image }) => image ?? []);

  async function write(name: string, data: string | Uint8Array): Promise<void> {
    await writeFile(join(directory, name), data);
    files.push(name);
  }

  if (sheet !== undefined) {
    const confidences = new Map(rows.map((row) => [row.classId, shownConfidence(row)]));
    await write(PART_NAMES.sheet, await unlessInterrupted(sheet.finish(confidences), signal));
  }
  if (parts.has('csv')) await write(PART_NAMES.csv, toCsv(rows));
  if (parts.has('json')) await write(PART_NAMES.json, toJson(spec, summary, rows));
  const median = {
    seen: medianOf(rows.map((row) => row.confidence)),
    pictures: medianOf(rows.map((row) => row.imageConfidence ?? row.confidence)),
  };
  return { elites: elites.length, pictures: madeOf(sight, scaling), median, files };
}

function madeOf(sight: Sight, scaling: Scaling | undefined): Size & { readonly making: Making } {
  const { width, height } = scaling ?? sight;
  return { making: scaling?.making ?? 'native', width, height };
}

/** A sheet of what the network saw, enlarged or not, or of pictures that are drawn anew. */
function createSheet(
  classes: readonly number[],
  { median, above }: ArchiveSummary,
  { spec, reader, sight, scaling, natural }: ExportOptions,
): ContactSheet {
  const made = madeOf(sight, scaling);
  const evaluations = reader
    .islands()
    .reduce((sum, { checkpoint }) => sum + (checkpoint?.totals.evaluations ?? 0), 0);
  // Of the whole archive, whatever is exported of it.
  const figures = [
    `${evaluations.toLocaleString('en')} evaluations`,
    `median ${median.toFixed(4)}`,
    `${above['0.99']} of ${spec.classes} classes at .99`,
  ].join(' · ');
  return createContactSheet({
    classes,
    labels: reader.labels,
    title: `${spec.name} · ${basename(spec.model)} · ${spec.encoding}`,
    figures: made.making === 'redrawn' ? `the run: ${figures}` : figures,
    size: made.making === 'redrawn' ? made : sight,
    caption: ({ picture, factor }) =>
      captionOf({
        ...{ views: spec.views, sight, made, factor, shown: picture },
        ...(natural !== undefined && { natural }),
      }),
  });
}

/** Under a picture that is drawn anew stands its own; enlarged ones are not on the sheet, but what the network saw. */
function shownConfidence({ confidence, imageConfidence, imageMaking }: EliteRow): number {
  return imageMaking === 'redrawn' ? (imageConfidence ?? confidence) : confidence;
}

function toJson(spec: RunSpec, summary: ArchiveSummary, elites: readonly EliteRow[]): string {
  const { name, model, modelDigest, encoding, classes, seed } = spec;
  return `${JSON.stringify({ run: name, model, modelDigest, encoding, classes, seed, ...summary, elites }, null, 2)}\n`;
}

function medianOf(confidences: readonly number[]): number {
  if (confidences.length === 0) return 0;
  return summarise(Float32Array.from(confidences), confidences.length).median;
}

function summariseElites(classes: number, elites: readonly StoredElite[]): ArchiveSummary {
  const confidences = new Float32Array(classes);
  for (const { jump } of elites) confidences[jump.classId] = jump.confidence;
  return summarise(confidences, elites.length);
}
