import type { Arrival } from '../../protocol/wire/messages.js';

/** What migrants came from each island and what they won, since it was last told: bounded by the number of islands. */
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
