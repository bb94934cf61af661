import { readdir, rename, rm } from 'node:fs/promises';
import { BadInputError, codeOf } from '../../protocol/base/errors.js';
import { temporaryName } from '../../protocol/files/atomic.js';
import { explainWriting } from '../../protocol/files/write-errors.js';

/** What an export may consist of: a PNG of each elite, a sheet of all of them, tables. */
export const EXPORT_PARTS = ['images', 'sheet', 'csv', 'json'] as const;
export type ExportPart = (typeof EXPORT_PARTS)[number];

/** Where each part goes in an export's directory. */
export const PART_NAMES = {
  images: 'images',
  sheet: 'contact-sheet.png',
  csv: 'elites.csv',
  json: 'elites.json',
} as const satisfies Record<ExportPart, string>;

/** Throws a {@link BadInputError} for a directory with anything in it that an export would not have put there. */
export async function refuseForeign(directory: string): Promise<void> {
  const names: readonly string[] = Object.values(PART_NAMES);
  const foreign = (await list(directory)).find((name) => !names.includes(name));
  if (foreign === undefined) return;
  throw new BadInputError({
    code: 'ERR_EXPORT_DIRECTORY',
    problem: `${directory} holds ${foreign}, which no export has put there`,
    fix: 'Choose an empty or a new directory with --out',
  });
}

/** Renames the finished directory into place; what was there before goes last. */
export async function putInPlace(building: string, directory: string): Promise<void> {
  if ((await list(directory)).length === 0) {
    await rename(building, directory);
    return;
  }
  const old = temporaryName(directory);
  await rename(directory, old);
  await rename(building, directory);
  await rm(old, { recursive: true, force: true });
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw explainWriting(error, directory);
  }
}
