import type { RandomStream } from '../../../protocol/base/random.js';
import type { Landscape } from './landscape.js';
import type { SimulatedIsland } from './simulated-island.js';

/** Makes a swarm's islands find things at a pace. */
export interface Load {
  /** Elites found so far. */
  readonly elites: number;
  stop(): void;
}

/** Evaluations to one that wins a cell: what 70 evaluations a second and 3.5 winning images make of a CPU's island. */
const EVALUATIONS_PER_IMAGE = 20;
const TICK_MS = 20;
const CATCH_UP_MS = 50;
const HEARTBEAT_MS = 2000;

/**
 * `rate`: elites a second of all islands together, found on islands drawn at random, whatever becomes of them. 0: every
 * island finds one as soon as what it found before is stored.
 */
export function startLoad(parts: {
  readonly islands: readonly SimulatedIsland[];
  readonly landscape: Landscape;
  readonly random: RandomStream;
  readonly rate: number;
  /** Seconds, monotone. */
  readonly clock: () => number;
}): Load {
  const { islands, landscape, random, rate, clock } = parts;
  const started = clock();
  let elites = 0;

  function find(island: SimulatedIsland): void {
    const found = landscape.find(island.number, island.evaluations + EVALUATIONS_PER_IMAGE);
    island.found(found, EVALUATIONS_PER_IMAGE);
    elites += found.length;
  }

  function tick(): void {
    // After a pause of this process the backlog is sent little by little, not in one flood.
    const due = Math.min((clock() - started) * rate, elites + (rate * CATCH_UP_MS) / 1000);
    while (elites < due) {
      const island = islands[random.below(islands.length)];
      if (island) find(island);
    }
    for (const island of islands) {
      if (rate === 0 && island.inFlight === 0) find(island);
      island.flush();
    }
  }

  const ticking = setInterval(tick, TICK_MS);
  let next = 0;
  // One after another: real ones do not beat in step.
  const beating = setInterval(() => {
    islands[next]?.beat();
    next = (next + 1) % islands.length;
  }, HEARTBEAT_MS / islands.length);
  return {
    get elites() {
      return elites;
    },
    stop() {
      clearInterval(ticking);
      clearInterval(beating);
    },
  };
}
