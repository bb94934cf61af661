import type { Jump } from '../views.js';

/** Places of the images that can be shown; of those of pixels only some are kept. */
export function shownPlaces(jumps: readonly Jump[]): number[] {
  return jumps.flatMap(({ kept }, place) => (kept === 'digest' ? [] : [place]));
}

/** The last of `places`, ascending, that is not after `place`; else the first. */
export function placeBefore(places: readonly number[], place: number): number {
  return places.findLast((each) => each <= place) ?? places[0] ?? place;
}
