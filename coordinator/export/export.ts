import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Elite } from '../../protocol/archive/elite.js';
import { summarise } from '../../protocol/archive/summary.js';
import type { Drawer } from '../../protocol/drawing/drawer.js';
import { BadInputError } from '../../protocol/errors.js';
import type { Genome } from '../../protocol/genome/genome.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { discard, explainWriting, makeDirectory, temporaryName } from '../atomic-file.js';
import { readElites } from '../restore.js';
import type { StoreReader } from '../store/store.js';
import { codeOf } from '../store/store-errors.js';
import { drawContactSheet } from './contact-sheet.js';
import { type EliteRow, eliteTable, toCsv } from './elite-table.js';

/** What an export may consist of: a PNG of each elite, a sheet of all of them, tables. */
export const EXPORT_PARTS = ['images', 'sheet', 'csv', 'json'] as const;
export type ExportPart = (typeof EXPORT_PARTS)[number];

const NAMES = {
  images: 'images',
  sheet: 'contact-sheet.png',
  csv: 'elites.csv',
  json: 'elites.json',
} as const satisfies Record<ExportPart, string>;

export interface ExportOptions {
  readonly spec: RunSpec;
  readonly reader: StoreReader;
  readonly drawer: Drawer;
  /** Made where it is missing; an earlier export in it is replaced. */
  readonly directory: string;
  /** Side of the images in pixels, 1 … MAX_SIDE. */
  readonly size: number;
  readonly parts: readonly ExportPart[];
  /** Only these classes; absent: all. */
  readonly classes?: readonly number[];
  /** Called after each image. */
  readonly onProgress?: (drawn: number, total: number) => void;
}

export interface ExportResult {
  /** Absolute. */
  readonly directory: string;
  readonly elites: number;
  /** Relative to the directory. */
  readonly files: readonly string[];
}

/**
 * Exports what the archive holds at this moment; the run may go on meanwhile. The directory is there whole, or as it
 * was before. Throws a {@link BadInputError} when it holds anything but an earlier export, or cannot be written.
 */
export async function exportRun(options: ExportOptions): Promise<ExportResult> {
  const directory = resolve(options.directory);
  await refuseForeign(directory);
  const building = temporaryName(directory);
  let takeBack = async () => {};
  try {
    takeBack = await makeDirectory(building);
    const files = await writeParts(building, options);
    await putInPlace(building, directory);
    return { directory, ...files };
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
  const { spec, reader, drawer, parts, classes } = options;
  // One reading for all parts, so that they agree while the run goes on.
  const snapshot = reader.elites();
  const frozen = { labels: reader.labels, elites: () => snapshot };
  const wanted = (classId: number) => classes === undefined || classes.includes(classId);
  const elites = readElites(frozen).filter(({ classId }) => wanted(classId));
  const rows = eliteTable(frozen).filter(({ classId }) => wanted(classId));
  const files: string[] = [];

  async function write(name: string, data: string | Uint8Array): Promise<void> {
    await writeFile(join(directory, name), data);
    files.push(name);
  }

  for (const part of EXPORT_PARTS.filter((each) => parts.includes(each))) {
    switch (part) {
      case 'images':
        await mkdir(join(directory, NAMES.images));
        for (const [i, elite] of elites.entries()) {
          const image = await drawImage(drawer, elite.candidate.genome, options.size);
          await write(join(NAMES.images, rows[i]?.image ?? `${elite.classId}.png`), image);
          options.onProgress?.(i + 1, elites.length);
        }
        break;
      case 'sheet':
        await write(NAMES.sheet, await drawSheet(options, readElites(frozen)));
        break;
      case 'csv':
        await write(NAMES.csv, toCsv(rows));
        break;
      case 'json':
        await write(NAMES.json, toJson(spec, reader, rows));
        break;
    }
  }
  return { elites: elites.length, files };
}

/** What a genome draws, as a PNG of `size` by `size` pixels. */
export async function drawImage(drawer: Drawer, genome: Genome, size: number): Promise<Buffer> {
  const { width, height, channels, data } = drawer.pixels(genome, size, size);
  // It takes long to load, and whoever starts a run again waits for its coordinator.
  const { default: sharp } = await import('sharp');
  return sharp(data, { raw: { width, height, channels } }).png().toBuffer();
}

/** The figures are of the whole archive, the cells of the classes asked for. */
async function drawSheet(
  { spec, reader, drawer, classes }: ExportOptions,
  elites: readonly Elite[],
): Promise<Buffer> {
  const confidences = confidencesOf(reader.labels.length, elites);
  const { median, above } = summarise(confidences, elites.length);
  const evaluations = reader
    .islands()
    .reduce((sum, { checkpoint }) => sum + (checkpoint?.totals.evaluations ?? 0), 0);
  const figures = [
    `${evaluations.toLocaleString('en')} evaluations`,
    `median ${median.toFixed(4)}`,
    `${above['0.99']} of ${spec.classes} classes at .99`,
  ];
  return drawContactSheet(drawer, {
    elites,
    labels: reader.labels,
    classes: classes ?? [...reader.labels.keys()],
    title: `${spec.name} · ${basename(spec.model)} · ${spec.encoding}`,
    figures: figures.join(' · '),
  });
}

function toJson(spec: RunSpec, reader: StoreReader, elites: readonly EliteRow[]): string {
  const { name, model, modelDigest, encoding, classes, seed } = spec;
  const summary = summarise(confidencesOf(reader.labels.length, elites), elites.length);
  return `${JSON.stringify({ run: name, model, modelDigest, encoding, classes, seed, ...summary, elites }, null, 2)}\n`;
}

function confidencesOf(
  classes: number,
  elites: readonly { readonly classId: number; readonly confidence: number }[],
): Float32Array {
  const confidences = new Float32Array(classes);
  for (const { classId, confidence } of elites) confidences[classId] = confidence;
  return confidences;
}

/** Refuses a directory with anything in it that an export would not have put there. */
async function refuseForeign(directory: string): Promise<void> {
  const names: readonly string[] = Object.values(NAMES);
  const foreign = (await list(directory)).find((name) => !names.includes(name));
  if (foreign === undefined) return;
  throw new BadInputError({
    code: 'ERR_EXPORT_DIRECTORY',
    expected: `an empty or new directory, or an earlier export, at ${directory}`,
    got: `one with other things in it (${foreign})`,
    fix: 'choose another directory',
  });
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw explainWriting(error, directory);
  }
}

/** Renames the finished directory into place; what was there before goes last. */
async function putInPlace(building: string, directory: string): Promise<void> {
  if ((await list(directory)).length === 0) {
    await rename(building, directory);
    return;
  }
  const old = temporaryName(directory);
  await rename(directory, old);
  await rename(building, directory);
  await rm(old, { recursive: true, force: true });
}
