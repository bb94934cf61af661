import { pictureSize } from '../../../../protocol/drawing/views.js';
import type { Subject } from '../run/artist.js';
import type { Run } from '../run/run.js';

/** An image that holds a class, or held it. */
export interface Shown extends Subject {
  readonly confidence: number;
}

/** A size in pixels, and whether in grey. */
export interface Sight {
  readonly width: number;
  readonly height: number;
  readonly grey: boolean;
}

/** What of an image is shown pixel for pixel: what the network saw, or the miniature that is kept of it. */
export function seenOf(run: Pick<Run, 'facts' | 'miniatureSide'>, { kept }: Subject): Sight {
  const sight = sightOf(run);
  if (kept !== 'miniature') return sight;
  const side = run.miniatureSide;
  return { width: side, height: side, grey: sight.grey };
}

/** The size at which a run's network sees an image, and whether in grey. Ten crops are taken of a larger picture. */
export function sightOf({ facts }: Pick<Run, 'facts'>): Sight {
  const { width, height, channels } = facts.input;
  return { ...pictureSize(facts.spec.views, width, height), grey: channels === 'grey' };
}

/** Canonical bytes of what is shown. */
export function genomeOf(
  { genomes }: Pick<Run, 'genomes'>,
  { genome, digest, kept }: Subject,
): Promise<Uint8Array> {
  return genome === undefined ? genomes.get(digest, kept === 'miniature') : Promise.resolve(genome);
}
