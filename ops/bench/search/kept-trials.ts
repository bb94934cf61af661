import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../../protocol/base/errors.js';
import { writeFileAtomic } from '../../../protocol/files/atomic.js';
import { type Trial, type TrialSettings, trialSchema } from './trial.js';

/** Trials that are done, in a folder: a file each. */
export interface KeptTrials {
  /** The trial of this arm and seed if it was done with the same settings; else it is to be done again. */
  find(settings: Omit<TrialSettings, 'evolution'>): Promise<Trial | undefined>;
  keep(trial: Trial): Promise<void>;
}

export function keptTrials(folder: string): KeptTrials {
  const pathOf = ({ arm, seed }: Pick<TrialSettings, 'arm' | 'seed'>) =>
    join(folder, `${arm.replaceAll(/[^a-z0-9-]/g, '_')}-seed-${seed}.json`);
  return {
    async find(settings) {
      const trial = await read(pathOf(settings));
      if (trial === undefined) return undefined;
      const { evolution: _, ...same } = trial.settings;
      return JSON.stringify(sorted(same)) === JSON.stringify(sorted(settings)) ? trial : undefined;
    },
    keep: (trial) => writeFileAtomic(pathOf(trial.settings), `${JSON.stringify(trial)}\n`),
  };
}

/** Undefined where there is none, or one that is no trial. */
async function read(path: string): Promise<Trial | undefined> {
  try {
    const { success, data } = trialSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return success ? data : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function sorted(settings: object): [string, unknown][] {
  return Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
}
