import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../../protocol/base/errors.js';
import { badData } from './experiment.js';
import { LAB_FILES, LAB_VERSION } from './files.js';

const keptSchema = z.object({ experiment: z.string(), version: z.literal(LAB_VERSION), data: z.unknown() });

/** What an experiment left in a folder, by its name; not yet checked to be data of it. */
export interface Kept {
  readonly experiment: string;
  readonly data: unknown;
  /** Of the file, for errors. */
  readonly path: string;
}

/** The `data.json` of a folder; undefined where there is none. Rejects with a {@link BadInputError} (`ERR_LAB_DATA`). */
export async function readKept(directory: string): Promise<Kept | undefined> {
  const path = join(directory, LAB_FILES.data);
  // Not there: undefined is the answer.
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badData(path, `it is not JSON (${messageOf(cause)})`, cause);
  }
  const kept = keptSchema.safeParse(value);
  if (!kept.success) throw badData(path, 'it names no experiment and version that this Atoll knows');
  return { experiment: kept.data.experiment, data: kept.data.data, path };
}
