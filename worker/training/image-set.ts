/** Labelled images of one size, as bytes. */
export interface ImageSet {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** 1: grey, 3: RGB, 4: RGB and opacity. */
  readonly channels: 1 | 3 | 4;
  /** Shape [count, height, width, channels]. */
  readonly pixels: Uint8Array;
  /** The class of each image: shape [count]. */
  readonly labels: Uint16Array;
  /** The classes' labels. */
  readonly classes: readonly string[];
}

/** The images of a set at `indices`, in that order. */
export function chosenImages(set: ImageSet, indices: ArrayLike<number>): ImageSet {
  const size = set.width * set.height * set.channels;
  const pixels = new Uint8Array(indices.length * size);
  const labels = new Uint16Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] as number;
    pixels.set(set.pixels.subarray(index * size, (index + 1) * size), i * size);
    labels[i] = set.labels[index] as number;
  }
  return { ...set, count: indices.length, pixels, labels };
}
