/** Ascending copies; NaN is not allowed among the values. */
export function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * The quantile at `share` (0 … 1) of values in ascending order, between two of them by linear interpolation (Hyndman and
 * Fan's definition 7). NaN of none.
 */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const last = ascending.length - 1;
  const at = share * last;
  const below = Math.floor(at);
  const low = ascending[below] ?? Number.NaN;
  const high = ascending[Math.min(below + 1, last)] ?? low;
  return low + (at - below) * (high - low);
}

/** The median of values in any order; NaN of none. */
export function median(values: Iterable<number>): number {
  return quantile(sorted(values), 0.5);
}

/** The arithmetic mean; NaN of none. */
export function mean(values: Iterable<number>): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    sum += value;
    count++;
  }
  return sum / count;
}
