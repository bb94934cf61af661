import type { StoredEvent } from '../store/store.js';

/** Events of a run by which islands become suspect, and are trusted again. The run's log is where this is kept. */
export const SUSPECTED = 'island-suspect';
export const TRUSTED = 'island-trusted';

/** The islands that are suspect after these events, which are in the order stored. */
export function suspectsAfter(events: Iterable<StoredEvent>): Set<number> {
  const suspects = new Set<number>();
  for (const { kind, detail } of events) {
    if (typeof detail.island !== 'number') continue;
    if (kind === SUSPECTED) suspects.add(detail.island);
    else if (kind === TRUSTED) suspects.delete(detail.island);
  }
  return suspects;
}
