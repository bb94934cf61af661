/**
 * Stands for the batch while shapes are computed, so that sums over shapes are sums over plain numbers. It is a prime
 * far above any size of a network: a size is a multiple of it when, and only when, it counts images.
 */
export const BATCH = 1_000_003;

export function isBatched(size: number): boolean {
  return size > 0 && size % BATCH === 0;
}

/** `shape` as ONNX's Reshape takes it, with −1 for the size that depends on the batch. */
export function openShape(shape: readonly number[]): number[] {
  return shape.map((size) => (isBatched(size) ? -1 : size));
}

/** `shape` as a person reads it, e.g. `[N, 7, 7, 64]`. */
export function shapeText(shape: readonly number[]): string {
  const texts = shape.map((size) => {
    if (!isBatched(size)) return String(size);
    return size === BATCH ? 'N' : `${size / BATCH}·N`;
  });
  return `[${texts.join(', ')}]`;
}

/** `shape` as the dimensions of an input or output: what depends on the batch is left open. */
export function portDims(shape: readonly number[]): (number | string)[] {
  return shape.map((size) => {
    if (!isBatched(size)) return size;
    return size === BATCH ? 'N' : `${size / BATCH}*N`;
  });
}
