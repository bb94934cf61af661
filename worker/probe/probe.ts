import { InterruptedError } from '../../protocol/base/errors.js';
import { tensorLength } from '../../protocol/drawing/tensor-spec.js';
import type { Classifier } from '../classifier/classifier.js';
import { readPixels, tensorOf } from '../classifier/photo.js';
import type { Candidate } from './candidates.js';
import type { LabelledPicture } from './labelled-pictures.js';
import { byMerit, rankOf, type Tally, tallyOf } from './tally.js';

/** An open network and the ways to prepare its pixels that are tried on it. */
export interface Trial {
  readonly classifier: Classifier;
  /** Of the same size, layout and number of channels as the classifier's input. */
  readonly candidates: readonly Candidate[];
}

export interface ProbeOptions {
  readonly signal?: AbortSignal;
  /** Called after every picture. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A candidate and how the network did with it. */
export type ProbeResult = Candidate & Tally;

/**
 * Shows every picture to the network in every way, and returns how it did with each, the best first. Rejects with a
 * BadInputError (`ERR_IMAGE`) for a picture that cannot be read, and an {@link InterruptedError} when aborted.
 */
export async function probe(
  trials: readonly Trial[],
  pictures: readonly LabelledPicture[],
  { signal, onProgress }: ProbeOptions = {},
): Promise<readonly ProbeResult[]> {
  const records = trials.flatMap(({ candidates }) =>
    candidates.map((candidate) => ({ candidate, ranks: [] as number[], confidences: [] as number[] })),
  );
  for (const [done, picture] of pictures.entries()) {
    let at = 0;
    for (const trial of trials) {
      if (signal?.aborted) throw new InterruptedError('Interrupted. A probe leaves nothing behind.');
      for (const row of await confidencesFor(trial, picture.path)) {
        records[at]?.ranks.push(rankOf(row, picture.classId));
        records[at]?.confidences.push(row[picture.classId] ?? 0);
        at++;
      }
    }
    onProgress?.(done + 1, pictures.length);
  }
  return records
    .map(({ candidate, ranks, confidences }) => ({ ...candidate, ...tallyOf(ranks, confidences) }))
    .sort(byMerit);
}

/** The network's confidences for one picture, a row for each candidate. */
async function confidencesFor({ classifier, candidates }: Trial, path: string): Promise<Float32Array[]> {
  const { input, classes } = classifier;
  const pixels = await readPixels(path, input);
  const size = tensorLength(input);
  const tensor = new Float32Array(candidates.length * size);
  candidates.forEach((candidate, i) => {
    tensor.set(tensorOf(pixels, candidate.input), i * size);
  });
  const confidences = await classifier.classify(tensor, candidates.length);
  return candidates.map((_, i) => confidences.subarray(i * classes, (i + 1) * classes));
}
