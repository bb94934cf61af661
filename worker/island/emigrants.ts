import type { Archive } from '../../protocol/archive/archive.js';
import { compareElites, type Elite } from '../../protocol/archive/elite.js';
import type { RandomStream } from '../../protocol/base/random.js';
import { eliteCount, type MigrationSpec } from '../../protocol/spec/migration-spec.js';

/** The most bytes of genomes in one sending, the last not counted: direct genomes are hundreds of kilobytes each. */
const SENDING_BYTES = 8 * 1024 * 1024;

/** Elites, and whom they go to next. */
export interface Sending {
  readonly destinations: readonly number[];
  readonly elites: readonly Elite[];
}

/**
 * The elites that hold a cell of the island and that not every neighbour has been sent since they won it: bounded by C,
 * for a later winner takes the place of an earlier one. An elite wins a cell of an island once, so each island sends it
 * to a neighbour once, and nothing goes round for ever.
 */
export interface Emigrants {
  /** Takes in elites that won a cell, in their order. */
  add(elites: Iterable<Elite>): void;
  /** The next sending; undefined where nothing waits for these neighbours. It waits until it is reported as {@link sent}. */
  next(neighbours: readonly number[]): Sending | undefined;
  sent(sending: Sending): void;
}

/** @param random decides whom a `p2p` sending goes to and what a `random` selection picks: no child depends on it. */
export function createEmigrants(parts: {
  readonly archive: Pick<Archive, 'elite' | 'filled'>;
  readonly migration: Pick<MigrationSpec, 'type' | 'rate' | 'selection'>;
  readonly random: RandomStream;
  readonly sendingBytes?: number;
}): Emigrants {
  const { archive, migration, random, sendingBytes = SENDING_BYTES } = parts;
  /** By class, in the order they won; and which neighbours have been sent each. */
  const waiting = new Map<number, { readonly elite: Elite; readonly reached: Set<number> }>();

  function forget(neighbours: readonly number[]): void {
    for (const [classId, { elite, reached }] of waiting) {
      const superseded = archive.elite(classId) !== elite;
      if (superseded || neighbours.every((neighbour) => reached.has(neighbour))) waiting.delete(classId);
    }
  }

  /** Every neighbour, or one of those for whom something waits. */
  function drawDestinations(neighbours: readonly number[]): readonly number[] {
    if (migration.type === 'broadcast') return neighbours;
    const wanting = neighbours.filter((neighbour) =>
      [...waiting.values()].some(({ reached }) => !reached.has(neighbour)),
    );
    const drawn = wanting[random.below(Math.max(1, wanting.length))];
    return drawn === undefined ? [] : [drawn];
  }

  /** In the order in which they go. */
  function ordered(elites: readonly Elite[]): readonly Elite[] {
    switch (migration.selection) {
      case 'newest':
        return elites.toReversed();
      case 'best':
        return elites.toSorted(compareElites);
      case 'random':
        return shuffle(elites, random);
    }
  }

  function withinBytes(elites: readonly Elite[]): Elite[] {
    const genomes = new Set<Elite['candidate']>();
    let bytes = 0;
    const end = elites.findIndex(({ candidate }) => {
      if (genomes.has(candidate)) return false;
      if (bytes >= sendingBytes) return true;
      genomes.add(candidate);
      bytes += candidate.bytes.length;
      return false;
    });
    return elites.slice(0, end < 0 ? elites.length : end);
  }

  return {
    add(elites) {
      for (const elite of elites) {
        waiting.delete(elite.classId);
        waiting.set(elite.classId, { elite, reached: new Set() });
      }
    },
    next(neighbours) {
      if (neighbours.length === 0) return undefined;
      forget(neighbours);
      const destinations = drawDestinations(neighbours);
      const elites = [...waiting.values()]
        .filter(({ reached }) => destinations.some((destination) => !reached.has(destination)))
        .map(({ elite }) => elite);
      if (elites.length === 0) return undefined;
      const chosen = ordered(elites).slice(0, eliteCount(migration.rate, archive.filled));
      return { destinations, elites: withinBytes(chosen) };
    },
    sent({ destinations, elites }) {
      for (const elite of elites) {
        const place = waiting.get(elite.classId);
        // A later winner has taken its place while it was on its way.
        if (place?.elite !== elite) continue;
        for (const destination of destinations) place.reached.add(destination);
        // A new neighbour gets elites that are won from now on.
        if (migration.type === 'broadcast') waiting.delete(elite.classId);
      }
    },
  };
}

/** Whether elites from other islands are sent on: not where each island sends to every other. */
export function passesOn({ topology, type }: Pick<MigrationSpec, 'topology' | 'type'>): boolean {
  return !(topology === 'full' && type === 'broadcast');
}

function shuffle<T>(items: readonly T[], random: RandomStream): T[] {
  return items
    .map((item) => ({ item, key: random.uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
