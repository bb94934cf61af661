import { typedPath } from '../../cli/command-line.js';
import { print, printJson } from '../../cli/output.js';
import { longWork } from '../long-work.js';
import { checkResultDirectory, writeResult } from '../results/write.js';
import { SHORTCUT } from './experiment.js';
import { lessonFigures } from './lesson.js';
import { teach } from './teach.js';

export interface ShortcutFlags {
  readonly seed: number;
  readonly pictures: number;
  readonly epochs: number;
  readonly evolutions: number;
  readonly evaluations: number;
  readonly out: string;
  readonly json?: boolean;
}

/** Pictures that accuracy is measured on. */
const HELD_OUT = 500;

/** What `atoll shortcut` does. */
export async function shortcut(flags: ShortcutFlags): Promise<void> {
  const { seed, pictures, epochs, evolutions, evaluations } = flags;
  const target = await checkResultDirectory(flags.out);
  const lesson = await longWork({ name: 'steps', size: 1 }, (step) =>
    teach({
      seed,
      trainedOn: pictures,
      heldOut: HELD_OUT,
      epochs,
      evolutions,
      evaluations,
      onProgress: step,
    }),
  );
  const result = SHORTCUT.resultOf(lesson);
  const directory = await writeResult(target, result);
  if (flags.json) printJson({ seed, trainings: lesson.trainings.map(lessonFigures), directory });
  else print(`${result.lede}\nThe figure is in ${typedPath(directory)}`);
}
