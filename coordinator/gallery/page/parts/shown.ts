import { pictureSize } from '../../../../protocol/drawing/views.js';
import type { Subject } from '../run/artist.js';
import type { Run } from '../run/run.js';

/** An image that holds a class, or held it. */
export interface Shown extends Subject {
  readonly confidence: number;
}

/** The size at which a run's network sees an image, and whether in grey. Ten crops are taken of a larger picture. */
export function sightOf({ facts }: Pick<Run, 'facts'>): { width: number; height: number; grey: boolean } {
  const { width, height, channels } = facts.input;
  return { ...pictureSize(facts.spec.views, width, height), grey: channels === 'grey' };
}

/** Canonical bytes of what is shown. */
export function genomeOf(
  { genomes }: Pick<Run, 'genomes'>,
  { genome, digest }: Subject,
): Promise<Uint8Array> {
  return genome === undefined ? genomes.get(digest) : Promise.resolve(genome);
}
