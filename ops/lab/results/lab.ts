import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EXPERIMENTS } from '../experiments.js';
import { badData, type Result } from './experiment.js';
import { readKept } from './read.js';
import { writeResult } from './write.js';

/** An experiment that was made: its folder, and what was found. */
export interface Made {
  /** Absolute path of its folder. */
  readonly directory: string;
  readonly result: Result;
}

/** What experiments left in a run directory, sorted by folder; see {@link readExperiments}. */
export function readLab(runPath: string): Promise<Made[]> {
  return readExperiments(join(runPath, 'lab'));
}

/**
 * The experiment whose folder `path` is, or those in its folders, sorted by name; none of a path that is no folder. Rejects
 * with a {@link BadInputError} (`ERR_LAB_DATA`) for data that no experiment wrote.
 */
export async function readExperiments(path: string): Promise<Made[]> {
  const itself = await readExperiment(resolve(path));
  if (itself !== undefined) return [itself];
  // Not there: no experiment was made.
  const names = (await readdir(path).catch((): string[] => [])).filter((name) => !name.endsWith('.tmp'));
  const made: Made[] = [];
  for (const name of names.sort()) {
    const found = await readExperiment(resolve(path, name));
    if (found !== undefined) made.push(found);
  }
  return made;
}

async function readExperiment(directory: string): Promise<Made | undefined> {
  const kept = await readKept(directory);
  if (kept === undefined) return undefined;
  const experiment = EXPERIMENTS.find((each) => each.name === kept.experiment);
  if (experiment !== undefined) return { directory, result: experiment.read(kept.data, kept.path) };
  throw badData(kept.path, `there is no experiment ${JSON.stringify(kept.experiment)}`);
}

/** Makes every figure, table and page of experiments again. */
export async function makeAgain(made: readonly Made[]): Promise<void> {
  for (const { directory, result } of made) await writeResult(directory, result);
}
