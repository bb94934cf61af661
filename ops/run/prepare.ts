import { mkdir, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  checkArchive,
  checkModelClasses,
  checkRunSpec,
  settleArchive,
} from '../../coordinator/checks/check-run.js';
import {
  createRunDirectory,
  openRunDirectory,
  type RunDirectory,
} from '../../coordinator/run/run-directory.js';
import { lockRun } from '../../coordinator/run/run-lock.js';
import { BadInputError } from '../../protocol/base/errors.js';
import { channelCount } from '../../protocol/drawing/tensor-spec.js';
import { fillSpec } from '../../protocol/spec/fill-spec.js';
import { PRESETS } from '../../protocol/spec/presets.js';
import { checkSpec, type RunSpecInput } from '../../protocol/spec/run-spec.js';
import { loadRunModel, type OpenedModel, openModel } from '../../worker/classifier/open.js';
import { copyModel } from '../../worker/model/copy.js';
import { type ModelOverrides, resolveModel } from '../../worker/model/resolve.js';
import { furtherDirectory } from '../../worker/objective/directory.js';
import { checkFurther } from '../../worker/objective/further.js';
import { VERSION } from '../cli/version.js';
import { proveGradients } from './prove-gradients.js';

/** What a new run is to be. */
export interface NewRunRequest {
  /** Where run directories are made. */
  readonly root: string;
  readonly input: RunSpecInput;
  readonly overrides: ModelOverrides;
  /** Used where the input names no seed, or no number of islands. */
  readonly seed: number;
  readonly islands: number;
  /** Called with each sentence that a person may want to know of the model. */
  readonly note: (sentence: string) => void;
}

/**
 * Makes the directory of a new run. The model is opened first, so that nothing is left behind
 * when it cannot be. Throws a {@link BadInputError}.
 */
export async function prepareNewRun({
  root,
  input,
  overrides,
  seed,
  islands,
  note,
}: NewRunRequest): Promise<RunDirectory> {
  const reference = input.model ?? 'digits';
  const engine = input.engine ?? 'onnx';
  const options = { engine, device: input.device ?? 'cpu' };
  const first = await openModel(reference, overrides, options);
  const { model, classifier } = first;
  const further: OpenedModel[] = [];
  try {
    for (const sentence of model.notes) note(sentence);
    for (const other of input.objective?.also ?? []) {
      const opened = await openModel(other, {}, options);
      further.push(opened);
      checkOther(first, further);
      for (const sentence of opened.model.notes) note(sentence);
    }
    const { classes, digest, batch, input: tensor } = classifier;
    const spec = fillSpec(
      {
        ...input,
        islands: input.islands ?? islands,
        seed: input.seed ?? seed,
        model: reference,
        name:
          input.name ??
          (await freeName(
            root,
            `${model.name}-${input.encoding ?? PRESETS[input.preset ?? 'default'].encoding}`,
          )),
      },
      {
        digest,
        otherDigests: further.map((each) => each.model.digest),
        classes,
        batch,
        side: Math.max(tensor.width, tensor.height),
        channels: channelCount(tensor.channels),
      },
    );
    for (const opened of [first, ...further]) await proveGradients(spec, opened);
    return await createRunDirectory(root, {
      spec,
      versions: { atoll: VERSION, node: process.version, engine: `${engine} on ${classifier.device}` },
      created: new Date(),
      labels: model.labels,
      async installModel(directory) {
        await copyModel(model, directory);
        for (const [place, each] of further.entries()) {
          const target = furtherDirectory(directory, place);
          await mkdir(dirname(target), { recursive: true });
          await copyModel(each.model, target);
        }
      },
    });
  } finally {
    for (const opened of [first, ...further]) await opened.classifier.close();
  }
}

/** Throws a {@link BadInputError} where the last of the further networks cannot join the `first` and those before it. */
function checkOther(first: OpenedModel, further: readonly OpenedModel[]): void {
  const [others, last] = [further.slice(0, -1), further.at(-1)];
  if (last === undefined) return;
  checkFurther(first.model, last.model);
  if (others.every(({ model }) => model.digest !== last.model.digest)) return;
  throw new BadInputError({
    code: 'ERR_OBJECTIVE',
    problem: `${last.model.name} is named twice among the further networks`,
    fix: 'Name each once with --also',
  });
}

/** What may change when a run goes on. */
export interface ResumeRequest {
  readonly directory: string;
  readonly budget: Partial<RunDirectory['spec']['budget']>;
}

/**
 * Takes up an existing run, with its budget changed where the request says so; nothing of it is written yet. The run
 * must not be in use. Throws a {@link BadInputError}.
 */
export async function prepareResumedRun({ directory, budget }: ResumeRequest): Promise<RunDirectory> {
  const run = await openRunDirectory(directory);
  const lock = lockRun(run.path, { pid: process.pid, command: 'atoll', since: new Date() });
  try {
    await checkRun(run);
  } finally {
    lock.release();
  }
  const spec = checkSpec({ ...run.spec, budget: { ...run.spec.budget, ...budget } });
  return { ...run, spec };
}

/** Checks that a run is what its directory says; throws a {@link BadInputError} when it is not. */
async function checkRun(run: RunDirectory): Promise<void> {
  settleArchive(run);
  checkRunSpec(run);
  const { digest, labels } = await resolveModel(run.modelDirectory, { longLabels: 'cut' });
  if (digest !== run.spec.modelDigest) {
    throw new BadInputError({
      code: 'ERR_MODEL_DIGEST',
      problem: `The model in ${run.modelDirectory} (${digest}) is not the one that the run was started with (${run.spec.modelDigest})`,
      fix: 'Restore the original model file',
    });
  }
  checkModelClasses(run, labels.length);
  for (const [place, kept] of run.spec.objective.digests.entries()) {
    await loadRunModel(furtherDirectory(run.modelDirectory, place), kept);
  }
  checkArchive(run);
}

/** `stem-1`, or the first number that no run has. */
async function freeName(root: string, stem: string): Promise<string> {
  // A model's name may have characters that a run's name may not have.
  const safe = stem
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 56);
  // No such folder: no name in it is taken.
  const taken = new Set(await readdir(root).catch(() => []));
  let number = 1;
  while (taken.has(`${safe}-${number}`)) number++;
  return `${safe}-${number}`;
}
