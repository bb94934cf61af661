/** What a call gave for a batch of `size` images, of which the first `used` count. */
export interface Part<T> {
  readonly result: T;
  readonly size: number;
  readonly used: number;
}

/** Images in batches of a size that a network may have fixed: what `call` gives for each, and how many of it count. */
export async function inBatches<T>(
  tensor: Float32Array,
  count: number,
  { length, batch }: { readonly length: number; readonly batch: number | 'any' },
  call: (images: Float32Array, size: number, start: number) => Promise<T>,
): Promise<Part<T>[]> {
  if (tensor.length !== count * length) {
    throw new RangeError(`expected ${count} images of ${length} numbers, got ${tensor.length} numbers`);
  }
  if (batch === 'any' || batch === count) {
    return [{ result: await call(tensor, count, 0), size: count, used: count }];
  }
  const parts: Part<T>[] = [];
  for (let start = 0; start < count; start += batch) {
    const images = new Float32Array(batch * length);
    images.set(tensor.subarray(start * length, (start + batch) * length));
    const result = await call(images, batch, start);
    parts.push({ result, size: batch, used: Math.min(batch, count - start) });
  }
  return parts;
}

/** The rows that count, one after the other. */
export function rows(parts: readonly Part<Float32Array>[]): Float32Array {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0 && only.size === only.used) return only.result;
  const used = parts.map((part) => part.result.subarray(0, (part.result.length / part.size) * part.used));
  const all = new Float32Array(used.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of used) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
