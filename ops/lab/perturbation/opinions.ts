import { shownLabel } from '../../../coordinator/export/shown-label.js';
import type { OpenedModel } from '../../../worker/classifier/open.js';
import { MAX_PHOTO_PIXELS, readPixels } from '../../../worker/classifier/photo.js';
import { classifyPixels, topGuesses } from '../../../worker/classifier/photos.js';
import { keptScore } from '../results/kept-score.js';
import type { Opinion } from './experiment.js';

/** A network that is asked about pictures. */
export interface Asked {
  readonly opened: OpenedModel;
  /** Its class that is the one wanted; null: it has none. */
  readonly target: number | null;
  /** What its classes are called. */
  readonly labels: readonly string[];
}

/** Guesses that are kept of a network's. */
const GUESSES = 3;

/** What each network says of a PNG. One of another size is scaled as a whole: the picture is cut out already. */
export async function opinionsOf(png: Uint8Array, networks: readonly Asked[]): Promise<Opinion[]> {
  const opinions: Opinion[] = [];
  for (const { opened, target, labels } of networks) {
    const { classifier } = opened;
    const pixels = await readPixels(png, classifier.input, MAX_PHOTO_PIXELS, 1);
    const confidences = await classifyPixels([pixels], classifier, 'single');
    const guesses = topGuesses(confidences, labels, GUESSES).map((guess) => ({
      ...guess,
      label: shownLabel(guess.label),
      confidence: keptScore(guess.confidence),
    }));
    const inTarget = target === null ? null : keptScore(confidences[target] ?? 0);
    opinions.push({ guesses, inTarget });
  }
  return opinions;
}
