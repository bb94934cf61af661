import type { Pixels } from '../../protocol/drawing/drawer.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import type { Encoding } from '../../protocol/encodings/names.js';

/** What an ascent changes: the pixels of genomes that hold any picture, or else their weights. */
export function ledOf(encoding: Encoding): 'pixels' | 'weights' {
  return encodingOf(encoding).ofPicture === undefined ? 'weights' : 'pixels';
}

/** The genome nearest to a picture; throws a RangeError for an encoding whose weights are led. */
export function genomeOfPicture(encoding: Encoding): (picture: Pixels) => Genome {
  const { ofPicture } = encodingOf(encoding);
  if (ofPicture === undefined) throw new RangeError(`genomes of ${encoding} hold no picture`);
  return ofPicture;
}

/** Whether genomes grow by mutation, or all of a run have one shape. */
export function genomesGrow(encoding: Encoding): boolean {
  return encodingOf(encoding).parameters?.count === undefined;
}
