import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { addressOf, type Place, placeOf } from './address.js';
import { askJson, sentenceFor } from './api.js';
import { createPool, type Pool } from './drawing/pool.js';
import { createBackOff } from './run/back-off.js';
import { openRun, type Run } from './run/run.js';
import type { Believed, RunListing } from './views.js';

/** What the whole page shares: where it is, and the runs that it shows. */
export interface Store {
  readonly place: ReadonlySignal<Place>;
  readonly listings: ReadonlySignal<readonly RunListing[]>;
  readonly run: ReadonlySignal<Run | undefined>;
  /** The run that a class is compared with. */
  readonly beside: ReadonlySignal<Run | undefined>;
  /** Why nothing is shown. */
  readonly failure: ReadonlySignal<string>;
  /** What the network saw in a picture that was shown to it: those tiles light up. */
  readonly lit: ReturnType<typeof signal<readonly Believed[] | undefined>>;
  /** Goes somewhere; `quietly`: without a step to go back to. */
  go(change: Partial<Place>, quietly?: boolean): void;
  /** The address of a place like this one, but for a change. */
  link(change: Partial<Place>): string;
  pool: Pool;
}

/** Uniform in [0, 1). */
function chance(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}

export function createStore(): Store {
  const pool = createPool();
  const place = signal(placeOf(location.hash));
  const listings = signal<readonly RunListing[]>([]);
  const runs = signal<ReadonlyMap<string, Run>>(new Map());
  const failure = signal('');
  const lit = signal<readonly Believed[] | undefined>(undefined);
  const opening = new Set<string>();
  const backOff = createBackOff(chance);

  const named = (name: string | undefined) => listings.value.find((each) => each.name === name);
  const main = computed(() => named(place.value.run) ?? listings.value[0]);
  const second = computed(() => (place.value.beside === undefined ? undefined : named(place.value.beside)));
  const open = (listing: RunListing | undefined) =>
    listing === undefined ? undefined : runs.value.get(listing.base);

  async function load(): Promise<void> {
    try {
      const answer = await askJson<{ readonly runs: readonly RunListing[] }>('/api/runs');
      listings.value = answer.runs;
      await openWanted();
      failure.value = '';
      backOff.reset();
    } catch (error) {
      failure.value = sentenceFor(error);
      setTimeout(() => void load(), backOff.next());
    }
  }

  /** The runs that are shown now are opened; those that are not shown any more are left. */
  async function openWanted(): Promise<void> {
    const wanted = [main.value, second.value].filter((each) => each !== undefined);
    for (const [base, run] of runs.value) {
      if (wanted.some((each) => each.base === base)) continue;
      run.close();
      runs.value = new Map([...runs.value].filter(([other]) => other !== base));
    }
    for (const listing of wanted) {
      if (runs.value.has(listing.base) || opening.has(listing.base)) continue;
      opening.add(listing.base);
      try {
        const run = await openRun(listing, { pool, chance, onReplaced });
        runs.value = new Map([...runs.value, [listing.base, run]]);
      } finally {
        opening.delete(listing.base);
      }
    }
  }

  function onReplaced(): void {
    for (const run of runs.value.values()) run.close();
    runs.value = new Map();
    void load();
  }

  function link(change: Partial<Place>): string {
    return addressOf({ ...place.value, ...change });
  }

  addEventListener('hashchange', () => {
    place.value = placeOf(location.hash);
    void openWanted().catch((error: unknown) => {
      failure.value = sentenceFor(error);
    });
  });
  void load();

  return {
    place,
    listings,
    run: computed(() => open(main.value)),
    beside: computed(() => open(second.value)),
    failure,
    lit,
    pool,
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
