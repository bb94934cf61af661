import type { Arrival } from '../../protocol/wire/messages.js';

/** Counts of migrants from each island, and of the cells they won, since the last report: bounded by the number of islands. */
export interface Arrivals {
  /** Adds to what is known of the source. */
  add(arrival: Arrival): void;
  /** Empties it, by source. The caller must `add` again what could not be sent. */
  take(): Arrival[];
}

export function createArrivals(): Arrivals {
  const bySource = new Map<number, Arrival>();
  return {
    add({ source, moved, won }) {
      const before = bySource.get(source) ?? { moved: 0, won: 0 };
      bySource.set(source, { source, moved: before.moved + moved, won: before.won + won });
    },
    take() {
      const arrivals = [...bySource.values()].sort((a, b) => a.source - b.source);
      bySource.clear();
      return arrivals;
    },
  };
}
