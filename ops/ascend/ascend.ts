import type { RunDirectory } from '../../coordinator/run/run-directory.js';
import type { AscentResult } from '../../worker/ascent/ascent-island.js';
import { withGradient } from '../../worker/ascent/gradients.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { openModel } from '../../worker/classifier/open.js';
import type { Model } from '../../worker/model/model.js';
import { followInterruption } from '../cli/interruption.js';
import { type ModelFlags, modelFromFlags } from '../cli/model-flags.js';
import { say } from '../cli/output.js';
import { createProgressLine } from '../cli/progress.js';
import { prepareNewRun } from '../run/prepare.js';
import { ascendRun } from './ascend-run.js';
import { keepAscents } from './keep.js';
import { type AscentWishes, photoOf, plan, type Wanted } from './plan.js';

export interface AscendFlags extends ModelFlags, AscentWishes {
  readonly name?: string;
  readonly runs: string;
  readonly json?: boolean;
}

/** What `atoll ascend` came to. */
export interface AscendReport {
  readonly run: string;
  readonly directory: string;
  readonly seed: number;
  readonly ascents: readonly AscentReport[];
  /** Where their pictures, figures and table are; absent: none came to its end. */
  readonly result?: string;
  readonly interrupted: boolean;
}

interface AscentReport extends Omit<AscentResult, 'genome'> {
  readonly label: string;
  readonly preset: string;
  readonly settings: Wanted['settings'];
}

/**
 * Leads pictures to classes by gradient ascent, by their pixels or their genomes' weights, and keeps them in a new run. Rejects with a {@link BadInputError} before
 * anything is made where the network has no gradient, or a class, a start or a picture is none.
 */
export async function ascend(flags: AscendFlags, seed: number): Promise<AscendReport> {
  const { model, classifier } = await openModel(flags.model, modelFromFlags(flags), flags);
  try {
    for (const note of model.notes) say(note);
    const network = withGradient(classifier, model.name);
    const wanted = plan(flags, model.labels, seed);
    const photo = await photoOf(flags.from, classifier);
    // What has no gradient shows at the first call.
    const { channels, width, height } = classifier.input;
    const length = width * height * (channels === 'grey' ? 1 : 3);
    await network.gradient(new Float32Array(length), 1, [0]);
    const run = await prepareNewRun({
      root: flags.runs,
      input: {
        ...(flags.name !== undefined && { name: flags.name }),
        model: flags.model,
        engine: flags.engine,
        device: flags.device,
        encoding: flags.encoding,
        budget: { evaluations: wanted.reduce((sum, { settings }) => sum + settings.steps + 1, 0) },
      },
      overrides: modelFromFlags(flags),
      seed,
      islands: 1,
      // They were said above.
      note: () => {},
    });
    return await conduct({
      run,
      classifier,
      network,
      wanted,
      photo,
      model,
      compare: flags.compare,
    });
  } finally {
    await classifier.close();
  }
}

async function conduct(
  parts: Pick<Parameters<typeof ascendRun>[0], 'network'> & {
    readonly run: RunDirectory;
    readonly classifier: Classifier;
    readonly wanted: readonly Wanted[];
    readonly photo: Parameters<typeof ascendRun>[0]['photo'] | undefined;
    readonly model: Model;
    readonly compare: boolean | undefined;
  },
): Promise<AscendReport> {
  const { run, wanted, model, photo, compare, ...rest } = parts;
  const interruption = followInterruption();
  const progress = createProgressLine(() => performance.now());
  try {
    const results = await ascendRun({
      ...rest,
      run,
      wanted,
      ...(photo && { photo }),
      signal: interruption.signal,
      note: progress.note,
      onStep: ({ classId, step, best }, ended) =>
        progress.update(
          `${ended} of ${wanted.length} ascents · ${model.labels[classId]} · step ${step} · confidence ${best.toFixed(4)}`,
        ),
    });
    // Ascents end in their order; the last ones are missing where somebody interrupted.
    const ascents = wanted.flatMap((each, i) => {
      const result = results[i];
      return result ? [{ ...each, result }] : [];
    });
    const result = await keepAscents(run, model, ascents, compare === true);
    return {
      run: run.spec.name,
      directory: run.path,
      seed: run.spec.seed,
      ascents: ascents.map(({ preset, settings, result: { genome: _, ...result } }) => ({
        ...result,
        label: model.labels[result.classId] ?? '',
        preset,
        settings,
      })),
      ...(result !== undefined && { result }),
      interrupted: interruption.signal.aborted,
    };
  } finally {
    interruption.release();
    progress.done();
  }
}
