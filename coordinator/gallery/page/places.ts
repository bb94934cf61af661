import { type ReadonlySignal, signal } from '@preact/signals';
import { addressOf, type Place, placeOf } from './address.js';

/** Where the page is: the part of its address after `#`. */
export interface Places {
  readonly place: ReadonlySignal<Place>;
  /** Goes somewhere; `quietly`: without a step to go back to. */
  go(change: Partial<Place>, quietly?: boolean): void;
  /** The address of a place like this one, but for a change. */
  link(change: Partial<Place>): string;
}

/** `onMove`: the page is somewhere else now. */
export function createPlaces(onMove: () => void = () => {}): Places {
  const place = signal(placeOf(location.hash));

  function link(change: Partial<Place>): string {
    return addressOf({ ...place.value, ...change });
  }

  addEventListener('hashchange', () => {
    place.value = placeOf(location.hash);
    onMove();
  });

  return {
    place,
    link,
    go(change, quietly = false) {
      const address = link(change);
      if (!quietly) {
        location.hash = address;
        return;
      }
      history.replaceState(history.state, '', address);
      place.value = placeOf(location.hash);
    },
  };
}
