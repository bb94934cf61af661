/**
 * The smallest bound within which `attempt` succeeds, by bisection: what it gave there, undefined where it succeeds at
 * none up to `most`. Bounds that are tried grow by a factor of 2 from `least` until one succeeds; then the interval is
 * halved until it is no wider than `precision`. Takes for granted that what succeeds within a bound does so within a
 * greater one; where it does not, the result is still one that succeeded.
 */
export async function smallestBound<Result>(
  attempt: (bound: number, last: Result | undefined) => Promise<Result | undefined>,
  { least, most, precision }: { readonly least: number; readonly most: number; readonly precision: number },
): Promise<{ readonly bound: number; readonly result: Result } | undefined> {
  let failed = 0;
  let found: { bound: number; result: Result } | undefined;
  for (let bound = least; found === undefined; bound = Math.min(most, 2 * bound)) {
    const result = await attempt(bound, undefined);
    if (result !== undefined) found = { bound, result };
    else failed = bound;
    if (found === undefined && bound >= most) return undefined;
  }
  while (found.bound - failed > precision) {
    const bound = roundTo((found.bound + failed) / 2, precision);
    if (bound <= failed || bound >= found.bound) break;
    const result = await attempt(bound, found.result);
    if (result !== undefined) found = { bound, result };
    else failed = bound;
  }
  return found;
}

function roundTo(value: number, precision: number): number {
  return Math.round(value / precision) * precision;
}
