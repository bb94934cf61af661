import { constants } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { BadInputError, codeOf } from '../../protocol/base/errors.js';
import { isTaken, makeDirectoryAtomic } from '../../protocol/files/atomic.js';
import { explainWriting } from '../../protocol/files/write-errors.js';
import { cardOf } from './card.js';
import type { Model } from './model.js';
import { resolveModel } from './resolve.js';

/**
 * Writes a model's files, its complete card and its labels to `directory`, whole or not at all, so that
 * `resolveModel(directory)` gives the same model from there. Files share their blocks with the originals where the
 * file system can. A directory that holds this model already is left as it is.
 * Rejects with a {@link BadInputError} (`ERR_NOT_WRITABLE`) when the directory holds something else or may not be written,
 * and with a {@link DiskFullError}.
 */
export async function copyModel(model: Model, directory: string): Promise<void> {
  const target = resolve(directory);
  try {
    await makeDirectoryAtomic(target, (building) => fill(building, model));
  } catch (error) {
    // A file of the model itself that is gone.
    if (codeOf(error) === 'ENOENT') throw error;
    if (!isTaken(error) && codeOf(error) !== 'ENOTDIR') throw explainWriting(error, target);
    // No model, or a broken one: something other.
    const there = await resolveModel(target, { longLabels: 'cut' }).catch(() => undefined);
    if (there?.digest === model.digest) return;
    throw new BadInputError({
      code: 'ERR_NOT_WRITABLE',
      problem: `${target} is there already and holds something other than ${model.name}`,
      fix: 'Choose another directory',
      cause: error,
    });
  }
}

async function fill(directory: string, model: Model): Promise<void> {
  const home = dirname(model.path);
  const copied = model.files.map((file) => ({ file, name: relative(home, file) }));
  for (const { file, name } of copied) {
    if (name.startsWith('..') || isAbsolute(name)) throw new RangeError(`${file} is outside of ${home}`);
    const to = join(directory, name);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(file, to, constants.COPYFILE_FICLONE);
  }
  const [main = ''] = copied.map(({ name }) => name);
  await writeFile(join(directory, 'labels.json'), `${JSON.stringify(model.labels, undefined, 1)}\n`);
  await writeFile(join(directory, 'card.yaml'), cardOf(model, main, 'labels.json'));
}
