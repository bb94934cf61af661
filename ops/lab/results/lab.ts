import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPERIMENTS } from '../experiments.js';
import { badData, type Result } from './experiment.js';
import { readKept } from './read.js';

/** An experiment that was made with a run. */
export interface Made {
  /** Absolute path of its folder. */
  readonly directory: string;
  readonly result: Result;
}

/**
 * What experiments left in a run directory, sorted by folder. Rejects with a {@link BadInputError} (`ERR_LAB_DATA`) for
 * data that no experiment wrote.
 */
export async function readLab(runPath: string): Promise<Made[]> {
  const lab = join(runPath, 'lab');
  // Not there: no experiment was made.
  const names = (await readdir(lab).catch((): string[] => [])).filter((name) => !name.endsWith('.tmp'));
  const made: Made[] = [];
  for (const name of names.sort()) {
    const directory = join(lab, name);
    const kept = await readKept(directory);
    if (kept === undefined) continue;
    const experiment = EXPERIMENTS.find((each) => each.name === kept.experiment);
    if (experiment === undefined) {
      throw badData(kept.path, `there is no experiment ${JSON.stringify(kept.experiment)}`);
    }
    made.push({ directory, result: experiment.read(kept.data, kept.path) });
  }
  return made;
}
