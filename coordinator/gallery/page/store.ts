import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { askJson, sentenceFor } from './api.js';
import type { Pool } from './drawing/pool.js';
import { createPlaces, type Places } from './places.js';
import { createBackOff } from './run/back-off.js';
import { createOpenRuns } from './run/open-runs.js';
import type { Run } from './run/run.js';
import type { Believed, RunListing } from './views.js';

/** What the whole page shares: where it is, and the runs that it shows. */
export interface Store extends Places {
  readonly listings: ReadonlySignal<readonly RunListing[]>;
  readonly run: ReadonlySignal<Run | undefined>;
  /** The run that a class is compared with. */
  readonly beside: ReadonlySignal<Run | undefined>;
  /** Why nothing is shown. */
  readonly failure: ReadonlySignal<string>;
  /** What the network saw in a picture that was shown to it: those tiles light up. */
  readonly lit: ReturnType<typeof signal<readonly Believed[] | undefined>>;
}

/** Uniform in [0, 1). */
function chance(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}

export function createStore(pool: Pool): Store {
  const places = createPlaces(() => {
    // What is there may have changed: `load` says what is wrong, if something is.
    void openWanted().catch(() => load());
  });
  const { place } = places;
  const listings = signal<readonly RunListing[]>([]);
  const open = createOpenRuns({ pool, chance, onReplaced });
  const failure = signal('');
  const lit = signal<readonly Believed[] | undefined>(undefined);
  const backOff = createBackOff(chance);

  const named = (name: string | undefined) => listings.value.find((each) => each.name === name);
  const main = computed(() => named(place.value.run) ?? listings.value[0]);
  const second = computed(() => (place.value.beside === undefined ? undefined : named(place.value.beside)));
  const runOf = (listing: RunListing | undefined) => listing && open.runs.value.get(listing.base);

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

  const openWanted = () => open.show([main.value, second.value].filter((each) => each !== undefined));

  function onReplaced(): void {
    open.closeAll();
    void load();
  }

  void load();

  return {
    ...places,
    listings,
    run: computed(() => runOf(main.value)),
    beside: computed(() => runOf(second.value)),
    failure,
    lit,
  };
}
