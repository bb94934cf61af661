import type { Topology } from '../../protocol/spec/topology.js';
import { neighboursOf } from './topology.js';

/** Tells islands whom to send migrants to, and whose not to take, as islands come and go and become suspect. */
export interface Neighbourhood {
  /** The neighbours of an island that is being welcomed, which tells it. */
  introduce(island: number): readonly number[];
  /** Islands came or went: the next {@link renew} looks. */
  change(): void;
  /** The island may not have got the last list: it is sent again. */
  forget(island: number): void;
  /**
   * Tells every member whose neighbours, or the suspects, are others than it was told. To be called now and then, not at every change: of
   * a thousand islands that join at once, each would be told of all the others one by one.
   */
  renew(): void;
}

export function createNeighbourhood(parts: {
  readonly topology: Topology;
  /** The run's. */
  readonly seed: number;
  readonly members: () => readonly number[];
  readonly suspects: () => readonly number[];
  readonly tell: (island: number, neighbours: readonly number[], suspects: readonly number[]) => void;
}): Neighbourhood {
  const { topology, seed, members, suspects, tell } = parts;
  /** What each member was told, as one string. */
  const told = new Map<number, string>();
  let changed = false;
  const saying = (neighbours: readonly number[]) => `${neighbours.join()} but ${suspects().join()}`;
  const note = (island: number, neighbours: readonly number[]) => told.set(island, saying(neighbours));

  return {
    introduce(island) {
      const neighbours = neighboursOf(topology, seed, members(), island);
      note(island, neighbours);
      return neighbours;
    },
    change() {
      changed = true;
    },
    forget(island) {
      told.delete(island);
      changed = true;
    },
    renew() {
      if (!changed) return;
      changed = false;
      if (topology === 'none') return;
      const present = members();
      for (const island of present) {
        const neighbours = neighboursOf(topology, seed, present, island);
        if (told.get(island) === saying(neighbours)) continue;
        note(island, neighbours);
        tell(island, neighbours, suspects());
      }
    },
  };
}
