import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { putInPlace, refuseForeign } from '../../../coordinator/export/export-directory.js';
import { discard, makeDirectory, temporaryName } from '../../../protocol/files/atomic.js';
import { explainWriting } from '../../../protocol/files/write-errors.js';
import { VERSION } from '../../cli/version.js';
import { figurePng } from '../figures/png.js';
import { PAPER, toSvg } from '../figures/svg.js';
import { type Markup, markup } from '../look/markup.js';
import { figureBlock, pageHtml, tableBlock } from '../pages/page.js';
import type { Result } from './experiment.js';
import { LAB_FILES, LAB_NAMES, LAB_PICTURES, LAB_VERSION } from './files.js';
import { tableCsv } from './table.js';

/**
 * Writes what an experiment found into `directory`, which is there whole, or as it was before. Resolves to its absolute
 * path. Rejects with a {@link BadInputError} when it holds anything else, or cannot be written.
 */
export async function writeResult(directory: string, result: Result): Promise<string> {
  return writeWhole(directory, LAB_NAMES, 'experiment', async (building) => {
    const put = (name: string, data: string | Uint8Array) => writeFile(join(building, name), data);
    const { experiment, data, pictures = [] } = result;
    const kept = { experiment, version: LAB_VERSION, atoll: VERSION, data };
    await put(LAB_FILES.data, `${JSON.stringify(kept)}\n`);
    await put(LAB_FILES.table, tableCsv(result.table));
    await put(LAB_FILES.svg, toSvg(result.figure, PAPER));
    await put(LAB_FILES.png, await figurePng(result.figure));
    if (pictures.length > 0) await mkdir(join(building, LAB_PICTURES));
    for (const { name, data: address } of pictures) {
      await put(join(LAB_PICTURES, name), Buffer.from(address.split(',')[1] ?? '', 'base64'));
    }
    await put(LAB_FILES.page, pageHtml({ ...result, body: bodyOf(result), maker: `Atoll ${VERSION}` }));
  });
}

/** Throws as {@link writeResult} would for a directory that holds anything else: before work that takes long. */
export async function checkResultDirectory(directory: string): Promise<string> {
  await refuseForeign(resolve(directory), LAB_NAMES, 'experiment');
  return directory;
}

/** The figure, what is to be said of it, and the table. */
export function bodyOf({ figure, notes, table, summary }: Result): Markup {
  return markup`${figureBlock(figure)}${notes}<h2>Table</h2>${tableBlock(summary ?? table)}`;
}

/** A directory that is put together under another name and then renamed; an earlier one with the same files is replaced. */
export async function writeWhole(
  path: string,
  names: readonly string[],
  maker: string,
  fill: (building: string) => Promise<void>,
): Promise<string> {
  const directory = resolve(path);
  await refuseForeign(directory, names, maker);
  const building = temporaryName(directory);
  let takeBack = async () => {};
  try {
    takeBack = await makeDirectory(building);
    await fill(building);
    await putInPlace(building, directory);
    return directory;
  } catch (error) {
    await discard(building);
    await takeBack();
    throw explainWriting(error, directory);
  }
}
