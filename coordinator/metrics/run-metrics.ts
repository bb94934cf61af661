import type { Registry } from 'prom-client';
import { ISLAND_STATES, RUN_STATES } from '../../protocol/base/states.js';
import { addTotals, metricsOf, NO_TOTALS, type Totals } from '../../protocol/wire/totals.js';
import type { Coordinator } from '../coordinator.js';
import { REFUSALS } from '../intake/intake.js';
import type { StoreReader } from '../store/store.js';
import { addCounter, addGauge, one } from './readings.js';

/**
 * How far the run is and who takes part. The totals are read from the store: those that islands only told of could be
 * smaller after a restart, which Prometheus would take for a counter that began again.
 */
export function addRunMetrics(
  registry: Registry,
  parts: {
    readonly coordinator: Pick<Coordinator, 'islands' | 'state' | 'summary'>;
    readonly store: Pick<StoreReader, 'islands'>;
  },
): void {
  const { coordinator, store } = parts;
  let totals = NO_TOTALS;
  for (const [i, { metric, help, counters }] of metricsOf(({ ofRun }) => ofRun).entries()) {
    const labels = counters.some(({ emitter }) => emitter) ? ['emitter'] : [];
    addCounter(registry, { name: `atoll_${metric}`, help, labels }, () => {
      // They are read in this order: the first of a scrape reads for all.
      if (i === 0) totals = storedTotals(store);
      return counters.map(({ key, emitter }) => [emitter ? [emitter] : [], totals[key]]);
    });
  }
  addCounter(
    registry,
    {
      name: 'atoll_rejected_total',
      help: 'Messages and elites that were refused at the boundary, by reason.',
      labels: ['reason'],
    },
    () => {
      const { refused } = coordinator.summary();
      return REFUSALS.map((reason) => [[reason], refused.get(reason) ?? 0]);
    },
  );
  addCounter(
    registry,
    {
      name: 'atoll_migrants_total',
      help: 'Elites that came to islands from others (moved), and the cells that they won there (won).',
      labels: ['outcome'],
    },
    () => Object.entries(coordinator.summary().migrants).map(([outcome, count]) => [[outcome], count]),
  );
  addCounter(
    registry,
    {
      name: 'atoll_audits_total',
      help: 'Images that another island scored again: held, differed or unanswered; and asked of the sender alone.',
      labels: ['outcome'],
    },
    () => Object.entries(coordinator.summary().audits).map(([outcome, count]) => [[outcome], count]),
  );
  addGauge(
    registry,
    { name: 'atoll_suspect_islands', help: 'Islands from which nothing is taken until they are trusted.' },
    () => one(coordinator.islands().filter(({ suspect }) => suspect).length),
  );
  addGauge(
    registry,
    { name: 'atoll_islands', help: 'Islands of the run, by state.', labels: ['state'] },
    () => {
      const states = coordinator.islands().map(({ state }) => state);
      return ISLAND_STATES.map((state) => [[state], states.filter((each) => each === state).length]);
    },
  );
  addGauge(
    registry,
    { name: 'atoll_run_state', help: '1 for the state that the run is in.', labels: ['state'] },
    () => RUN_STATES.map((state) => [[state], state === coordinator.state ? 1 : 0]),
  );
}

function storedTotals(store: Pick<StoreReader, 'islands'>): Totals {
  return store
    .islands()
    .reduce((sum, { checkpoint }) => addTotals(sum, checkpoint?.totals ?? NO_TOTALS), NO_TOTALS);
}
