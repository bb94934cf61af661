import type { ImageSet } from '../../../worker/training/image-set.js';

/** The label of the class that evolved images are trained as. */
export const EVOLVED_LABEL = 'none of these';

/**
 * Real images with evolved ones as one class more, which comes last. The evolved ones are repeated, in turn, until the class is as
 * large as the mean real class, so that it weighs as much from the first round on; where there are more of them, all are there.
 * Without evolved images the class is there, and empty.
 */
export function withEvolved(real: ImageSet, evolved: readonly Uint8Array[]): ImageSet {
  const mean = Math.round(real.count / real.classes.length);
  const added = evolved.length === 0 ? 0 : Math.max(mean, evolved.length);
  const size = real.width * real.height * real.channels;
  const pixels = new Uint8Array((real.count + added) * size);
  pixels.set(real.pixels);
  const labels = new Uint16Array(real.count + added).fill(real.classes.length);
  labels.set(real.labels);
  for (let i = 0; i < added; i++) {
    const image = evolved[i % evolved.length] as Uint8Array;
    if (image.length !== size) throw new RangeError(`expected ${size} bytes an image, got ${image.length}`);
    pixels.set(image, (real.count + i) * size);
  }
  return { ...real, count: real.count + added, pixels, labels, classes: [...real.classes, EVOLVED_LABEL] };
}
