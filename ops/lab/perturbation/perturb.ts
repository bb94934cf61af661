import { basename, join, parse } from 'node:path';
import { encodePng } from '../../../coordinator/export/png.js';
import { shownLabel } from '../../../coordinator/export/shown-label.js';
import { BadInputError } from '../../../protocol/base/errors.js';
import type { RandomStream } from '../../../protocol/base/random.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { withGradient } from '../../../worker/ascent/gradients.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { type OpenedModel, openModel } from '../../../worker/classifier/open.js';
import { readPixels } from '../../../worker/classifier/photo.js';
import { classifyPixels, topGuesses } from '../../../worker/classifier/photos.js';
import { matchClasses } from '../../../worker/model/labels/match-classes.js';
import { type Norm, sizeOfChange } from '../../../worker/perturbation/change.js';
import { bytesOfPlanes, type Planes, planesOf } from '../../../worker/pixels/planes.js';
import { classOf } from '../../cli/class-of.js';
import { typedPath } from '../../cli/command-line.js';
import { type ModelFlags, modelFromFlags } from '../../cli/model-flags.js';
import { print, printJson, say } from '../../cli/output.js';
import { labelTableOf } from '../images/label-table.js';
import { pictureData } from '../images/picture-data.js';
import { longWork, type Step } from '../long-work.js';
import { LAB_PICTURES } from '../results/files.js';
import { checkResultDirectory, writeResult } from '../results/write.js';
import { type Change, fileOf, PERTURBATION, type Perturbation, type Shown } from './experiment.js';
import { type Asked, opinionsOf } from './opinions.js';
import { enlargedDifference, type Method, mostLooks, type Network, search, type Wanted } from './search.js';

export interface PerturbFlags extends ModelFlags {
  /** An index, a label, or `random`. */
  readonly to: string;
  readonly method: readonly Method[];
  readonly norm: readonly Norm[];
  readonly with?: string;
  readonly steps: number;
  readonly bound: number;
  readonly pixels: number;
  readonly looks: number;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

const LOOKS = { name: 'looks', size: 1 };
/** By how much differences are enlarged. */
const FACTOR = 20;

/** What `atoll perturb` does. */
export async function perturbCommand(image: string, flags: PerturbFlags): Promise<void> {
  const opened: OpenedModel[] = [await openModel(flags.model, modelFromFlags(flags), flags)];
  try {
    // Flags of pixels are those of --model: another network is asked as its own card says.
    if (flags.with !== undefined) opened.push(await openModel(flags.with, {}, flags));
    for (const { model } of opened) for (const note of model.notes) say(note);
    const subject = await subjectOf(image, opened, flags);
    const slug = `${parse(image).name}-to-${subject.target.classId}`.replace(/[^\w.-]+/g, '_');
    const directory = await checkResultDirectory(flags.out ?? join('lab', `perturb-${slug}`));
    const perturbation = await longWork(LOOKS, (step) => measure(subject, flags, step));
    const result = PERTURBATION.resultOf(perturbation);
    const written = await writeResult(directory, result);
    if (flags.json) printJson({ ...figuresOf(perturbation), said: result.lede, directory: written });
    else print(`${result.lede}\nThe figure is in ${typedPath(written)}`);
  } finally {
    for (const { classifier } of opened) await classifier.close();
  }
}

interface Subject {
  readonly name: string;
  readonly picture: Planes;
  readonly own: OpenedModel;
  readonly networks: readonly Asked[];
  readonly target: { readonly classId: number; readonly label: string };
}

/** The picture as the network is shown it, and where it is to go. Rejects with a {@link BadInputError}. */
async function subjectOf(
  image: string,
  opened: readonly OpenedModel[],
  flags: PerturbFlags,
): Promise<Subject> {
  const [own] = opened;
  if (own === undefined) throw new RangeError('no network');
  const { classifier, model } = own;
  if (flags.method.includes('gradient')) withGradient(classifier, model.name);
  const bytes = await readPixels(image, classifier.input);
  const [top] = topGuesses(await classifyPixels([bytes], classifier, 'single'), model.labels, 1);
  const classId =
    flags.to === 'random'
      ? anotherClass(
          classifier.classes,
          top?.classId ?? 0,
          randomFrom(flags.seed, 'perturb', basename(image)),
        )
      : classOf(flags.to, model.labels, model.name);
  const label = shownLabel(model.labels[classId] ?? '');
  if (top?.classId === classId) {
    throw new BadInputError({
      code: 'ERR_PERTURB',
      problem: `${image} is already taken for ${label} by ${model.name}`,
      fix: 'Give another class with --to',
    });
  }
  const from = await labelTableOf(model.labels, flags.labels);
  const networks = opened.map((each): Asked => {
    const { labels } = each.model;
    if (each === own) return { opened: each, target: classId, labels };
    const { classes, by } = matchClasses(from, { labels, aliases: [] });
    const target = classes[classId] ?? null;
    // Classes at the same place are the same: those of the first network have the better names, if any.
    return { opened: each, target, labels: by === 'index' && target !== null ? model.labels : labels };
  });
  const picture = planesOf(bytes, classifier.input);
  return { name: basename(image), picture, own, networks, target: { classId, label } };
}

/** Drawn from all classes but one. */
function anotherClass(classes: number, but: number, random: RandomStream): number {
  const drawn = random.below(Math.max(1, classes - 1));
  return drawn < but ? drawn : drawn + 1;
}

function wantedOf({ method, norm, steps, bound, pixels, looks }: PerturbFlags): Wanted[] {
  return method.flatMap((each): Wanted[] => {
    if (each === 'square') return [{ method: each, bound, looks }];
    if (each === 'pixels') return [{ method: each, count: pixels, looks }];
    return norm.map((one) => ({ method: each, norm: one, steps }));
  });
}

async function measure(subject: Subject, flags: PerturbFlags, step: Step): Promise<Perturbation> {
  const { name, picture, own, networks, target } = subject;
  const { width, height } = picture;
  const all = wantedOf(flags);
  const total = all.reduce((sum, wanted) => sum + mostLooks(wanted, picture), 0);
  let done = 0;
  const network = watched(own.classifier, (count) => {
    done += count;
    step(Math.min(total, done), total);
  });
  const changes: Change[] = [];
  let ended = 0;
  for (const wanted of all) {
    changes.push(await changeOf(subject, wanted, network, flags.seed));
    // Most searches end before they have used all their looks.
    ended += mostLooks(wanted, picture);
    done = ended;
  }
  step(total, total);
  return {
    picture: name,
    networks: networks.map(({ opened: { model } }) => ({ name: model.name, digest: model.digest })),
    target,
    seed: flags.seed,
    width,
    height,
    original: await shownOf(picture, networks),
    factor: FACTOR,
    changes,
  };
}

async function changeOf(
  { picture, networks, target }: Subject,
  wanted: Wanted,
  network: Network,
  seed: number,
): Promise<Change> {
  const random = randomFrom(seed, 'perturb', wanted.method);
  const found = await search(wanted, { network, picture, classId: target.classId, random });
  const result = await shownOf(found.planes, networks);
  return {
    wanted,
    // A network may give a picture that it is shown alone a little less than one of many.
    reached: found.reached && result.opinions[0]?.guesses[0]?.classId === target.classId,
    looks: found.looks,
    ...sizeOfChange(picture, found.planes),
    result,
    difference: await shownOf(enlargedDifference(picture, found.planes, FACTOR), networks),
  };
}

/** The network, with somebody told before each look how many pictures it is shown. */
function watched(network: Classifier, onLooks: (count: number) => void): Network {
  const { input, batch, gradient } = network;
  return {
    input,
    batch,
    classify(tensor, count) {
      onLooks(count);
      return network.classify(tensor, count);
    },
    ...(gradient && {
      gradient(tensor: Float32Array, count: number, classIds: readonly number[]) {
        onLooks(count);
        return gradient(tensor, count, classIds);
      },
    }),
  };
}

async function shownOf(planes: Planes, networks: readonly Asked[]): Promise<Shown> {
  const { width, height, channels } = planes;
  const pixels = { width, height, channels, data: bytesOfPlanes(planes) };
  const file = await encodePng(pixels);
  const png = `data:image/png;base64,${file.toString('base64')}`;
  const shown = await pictureData(pixels);
  const opinions = await opinionsOf(file, networks);
  return { png, ...(shown !== png && { shown }), opinions };
}

/** What programs are told. */
function figuresOf({ picture, networks, target, original, changes }: Perturbation) {
  const from = original.opinions[0]?.guesses[0];
  return {
    picture,
    model: networks[0]?.name,
    from,
    to: { ...target, confidence: original.opinions[0]?.inTarget },
    changes: changes.map(({ wanted, reached, looks, linf, l2, pixels, result }) => ({
      ...wanted,
      ...{ reached, taken: looks, linf, l2: l2 / 255, pixels },
      opinions: result.opinions.map(({ guesses, inTarget }, i) => ({
        model: networks[i]?.name,
        top: guesses[0],
        inTarget,
      })),
      file: join(LAB_PICTURES, fileOf(wanted)),
    })),
  };
}
