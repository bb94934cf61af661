/** Follows a counter: given what it stands at, returns how fast it grows, a running mean in 1/s. */
export type RateMeter = (seconds: number, count: number) => number;

/** Share of the newest rate in the running mean. */
const SMOOTHING = 0.2;
/** Two readings are so far apart at the least. */
const STEP_SECONDS = 1;
/** Reports come now and then: a counter that has stood still for this long has stopped. */
const STILL_SECONDS = 10;

/** A rate that knows nothing yet: 0 until the second reading. `seconds` are of any origin, and never go back. */
export function createRateMeter(): RateMeter {
  let seen: { readonly seconds: number; readonly count: number } | undefined;
  let rate = 0;
  return (seconds, count) => {
    const elapsed = seconds - (seen?.seconds ?? seconds);
    const grown = count - (seen?.count ?? count);
    const tooSoon = elapsed < STEP_SECONDS || (grown === 0 && elapsed < STILL_SECONDS);
    if (seen !== undefined && tooSoon) return rate;
    const newest = elapsed > 0 ? grown / elapsed : 0;
    rate = rate === 0 || newest === 0 ? newest : rate + SMOOTHING * (newest - rate);
    seen = { seconds, count };
    return rate;
  };
}
