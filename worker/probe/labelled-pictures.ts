import { readdir, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { BadInputError } from '../../protocol/base/errors.js';
import type { LabelTable } from '../model/labels/label-table.js';
import { type Classified, classesOfFolders, classesOfPictures } from './class-names.js';

/** A picture of which the class is known. */
export interface LabelledPicture {
  readonly path: string;
  readonly classId: number;
}

const PICTURE = /\.(?:png|jpe?g|webp)$/i;
const ARRANGEMENT =
  'Give a folder with one folder of pictures for each class, or with pictures whose names begin with the index of their class';

/**
 * The pictures below `directory` with their classes: in one folder a class, or side by side under names that say it; see
 * class-names.ts. Sorted by name; other files are passed over. Rejects with a {@link BadInputError} (`ERR_IMAGES`) when
 * there are none, when a folder or a name says no class, or when pictures lie in both ways.
 */
export async function readLabelledPictures(
  directory: string,
  table: LabelTable,
): Promise<readonly LabelledPicture[]> {
  const { pictures, folders } = await contentsOf(directory);
  const filled = folders.filter((folder) => folder.pictures.length > 0);
  if (pictures.length > 0 && filled.length > 0) {
    throw badImages(
      `${directory} holds pictures, and folders of pictures beside them`,
      `${ARRANGEMENT}, but not both`,
    );
  }
  if (filled.length > 0) {
    const found = classesOfFolders(
      filled.map(({ name }) => name),
      table,
    );
    const classIds = known(found, (name) => `The folder ${name} in ${directory}`, table);
    return filled.flatMap((folder, i) =>
      folder.pictures.map((name) => ({
        path: join(directory, folder.name, name),
        classId: classIds[i] ?? 0,
      })),
    );
  }
  if (pictures.length === 0) {
    throw badImages(`${directory} holds no PNG, JPEG or WebP pictures`, ARRANGEMENT);
  }
  const found = classesOfPictures(
    pictures.map((name) => parse(name).name),
    table,
  );
  const whole = (stem: string) => pictures.find((name) => parse(name).name === stem) ?? stem;
  const classIds = known(found, (stem) => `The picture ${whole(stem)} in ${directory}`, table);
  return pictures.map((name, i) => ({ path: join(directory, name), classId: classIds[i] ?? 0 }));
}

/** `count` of the pictures, evenly spread over them, or all where there are fewer. */
export function sampleOf(pictures: readonly LabelledPicture[], count: number): readonly LabelledPicture[] {
  if (pictures.length <= count) return pictures;
  return Array.from({ length: count }, (_, i) => Math.floor((i * pictures.length) / count)).flatMap(
    (at) => pictures[at] ?? [],
  );
}

/**
 * Names of the pictures in a folder and in the folders in it, sorted. Rejects with a {@link BadInputError} (`ERR_IMAGES`)
 * where there is no such folder.
 */
export async function contentsOf(directory: string) {
  // Not there, as is said next.
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined) throw badImages(`There is no folder ${directory}`, 'Check the path');
  if (!found.isDirectory()) throw badImages(`${directory} is not a folder`, ARRANGEMENT);
  const entries = (await readdir(directory)).filter((name) => !name.startsWith('.')).sort();
  const pictures = entries.filter((name) => PICTURE.test(name));
  const folders = await Promise.all(
    entries
      .filter((name) => !PICTURE.test(name))
      .map(async (name) => {
        // A file, or a folder that may not be read: no class.
        const inner = await readdir(join(directory, name)).catch((): string[] => []);
        return { name, pictures: inner.filter((each) => PICTURE.test(each) && !each.startsWith('.')).sort() };
      }),
  );
  return { pictures, folders };
}

function known(found: Classified, what: (name: string) => string, { labels }: LabelTable): readonly number[] {
  if ('classIds' in found) return found.classIds;
  throw badImages(
    `${what(found.unknown)} says no class of the network, whose classes are 0 to ${labels.length - 1}`,
    found.some
      ? 'Correct this name, or remove it'
      : 'Begin the name with the index of the class, its label or its synset; --labels gives the network its labels',
  );
}

function badImages(problem: string, fix: string): BadInputError {
  return new BadInputError({ code: 'ERR_IMAGES', problem, fix });
}
