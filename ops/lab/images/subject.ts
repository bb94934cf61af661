import { basename, parse } from 'node:path';
import { shownLabel } from '../../../coordinator/export/shown-label.js';
import { BadInputError } from '../../../protocol/base/errors.js';
import type { Pixels } from '../../../protocol/drawing/drawer.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { drawFor } from '../../../protocol/drawing/sight.js';
import { channelCount, type Views } from '../../../protocol/drawing/tensor-spec.js';
import { wholeOf } from '../../../worker/classifier/crops.js';
import { type OpenedModel, openModel } from '../../../worker/classifier/open.js';
import { MAX_PHOTO_PIXELS, readPixels } from '../../../worker/classifier/photo.js';
import { classifyPixels, topGuesses } from '../../../worker/classifier/photos.js';
import { classOf } from '../../cli/class-of.js';
import { type ModelFlags, modelFromFlags } from '../../cli/model-flags.js';
import { say } from '../../cli/output.js';
import { openRunSource } from '../run-source.js';

export interface SubjectFlags extends ModelFlags {
  readonly run?: string;
  readonly class?: string;
  readonly image?: string;
  readonly views: Views;
}

/** One picture that an experiment is made on, as its network is shown it. */
export interface Subject {
  /** What people call the picture. */
  readonly name: string;
  /** The same as a part of a file's name. */
  readonly slug: string;
  /** Absolute path of the run that it comes from. */
  readonly runPath?: string;
  readonly pixels: Pixels;
  /** What the network is shown of it. */
  readonly views: Views;
  /** The class whose confidence is looked at. */
  readonly classId: number;
  readonly label: string;
  /** What the network gives the picture for that class. */
  readonly confidence: number;
  readonly opened: OpenedModel;
  /** What the network gives pictures of the same size for that class; any number of them. */
  score(pictures: readonly Uint8Array[]): Promise<number[]>;
  close(): Promise<void>;
}

/**
 * Opens the elite of a class of a run, or a picture of a file. `named`: which flags a person gave. Rejects with a
 * {@link BadInputError} where it is not clear which, or there is none.
 */
export async function openSubject(flags: SubjectFlags, named: ReadonlySet<string>): Promise<Subject> {
  const { run, image } = flags;
  if ((run === undefined) === (image === undefined)) {
    throw usage(
      run === undefined ? 'No picture is named' : '--run and --image each name a picture',
      'Give --run DIR --class C for an image of a run, or --image FILE --model M for a picture',
    );
  }
  return run === undefined ? openFile(flags) : openElite(run, flags, named);
}

async function openElite(path: string, flags: SubjectFlags, named: ReadonlySet<string>): Promise<Subject> {
  if (flags.class === undefined) {
    throw usage(
      '--run has an image of every class, and --class is missing',
      'Add --class with an index or a label',
    );
  }
  if (named.has('model')) throw usage('--run has a network of its own', 'Leave --model out');
  const source = await openRunSource(path);
  try {
    const { spec } = source.run;
    const classId = classOf(flags.class, source.reader.labels);
    const elite = source.elites.find((each) => each.classId === classId);
    if (elite === undefined) {
      throw new BadInputError({
        code: 'ERR_CLASS',
        problem: `The run holds no image of class ${classId} yet`,
        fix: 'Give another class, or let the run go on',
      });
    }
    const opened = await source.openNetwork({
      ...(named.has('engine') && { engine: flags.engine }),
      ...(named.has('device') && { device: flags.device }),
    });
    const { input } = opened.classifier;
    const { width, height } = wholeOf(input, spec.views);
    const sight = { width, height, grey: input.channels === 'grey' };
    const drawn = drawFor(loadDrawer(), elite.candidate.genome, sight);
    const label = shownLabel(source.reader.labels[classId] ?? '');
    return await subjectOf(opened, spec.views, {
      name: `the elite of ${label} in ${spec.name}`,
      slug: `class-${classId}`,
      runPath: source.run.path,
      pixels: asShown(drawn, channelCount(input.channels)),
      classId,
      label,
    });
  } finally {
    source.close();
  }
}

async function openFile(flags: SubjectFlags): Promise<Subject> {
  const { image = '', views } = flags;
  const opened = await openModel(flags.model, modelFromFlags(flags), flags);
  try {
    for (const note of opened.model.notes) say(note);
    const whole = wholeOf(opened.classifier.input, views);
    const { width, height, channels } = whole;
    // The crops leave the margin out.
    const margin = views === 'single' ? undefined : 1;
    const data = await readPixels(image, whole, MAX_PHOTO_PIXELS, margin);
    const pixels = { width, height, channels: channelCount(channels), data };
    const [top] = topGuesses(await classifyPixels([data], opened.classifier, views), opened.model.labels, 1);
    const classId =
      flags.class === undefined
        ? (top?.classId ?? 0)
        : classOf(flags.class, opened.model.labels, opened.model.name);
    const label = shownLabel(opened.model.labels[classId] ?? '');
    const slug = parse(image).name.replace(/[^\w.-]+/g, '_');
    return await subjectOf(opened, views, { name: basename(image), slug, pixels, classId, label });
  } catch (error) {
    await opened.classifier.close();
    throw error;
  }
}

type Known = Pick<Subject, 'name' | 'slug' | 'runPath' | 'pixels' | 'classId' | 'label'>;

async function subjectOf(opened: OpenedModel, views: Views, known: Known): Promise<Subject> {
  const { classifier } = opened;
  const score = async (pictures: readonly Uint8Array[]) => {
    const rows = await classifyPixels(pictures, classifier, views);
    return pictures.map((_, i) => rows[i * classifier.classes + known.classId] ?? Number.NaN);
  };
  const [confidence = Number.NaN] = await score([known.pixels.data]);
  return { ...known, views, confidence, opened, score, close: () => classifier.close() };
}

/** A grey picture for a network that takes colours. */
function asShown(pixels: Pixels, channels: 1 | 3): Pixels {
  if (pixels.channels === channels) return pixels;
  const data = new Uint8Array(pixels.width * pixels.height * channels);
  for (let i = 0; i < data.length; i++) data[i] = pixels.data[Math.floor(i / channels)] ?? 0;
  return { ...pixels, channels, data };
}

function usage(problem: string, fix: string): BadInputError {
  return new BadInputError({ code: 'ERR_USAGE', problem, fix });
}
