/** A scale on which .9, .99 and .999 are as far from each other as 0 is from .9: what is nearly sure is told apart. */

/** More nines than these are one place: single precision knows no more than seven. */
export const MOST_NINES = 5;

/** How many nines a share 0 … 1 has, 0 … {@link MOST_NINES}. */
export function ninesOf(share: number): number {
  return Math.min(MOST_NINES, Math.abs(Math.log10(Math.max(10 ** -MOST_NINES, 1 - share))));
}

/** `.99` for 2. */
export function labelOfNines(nines: number): string {
  return nines === 0 ? '0' : `.${'9'.repeat(nines)}`;
}
