import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Controls } from '../controls/controls.js';
import { duration } from '../format.js';
import { Icon, Mark } from '../parts/icons.js';
import type { Reach } from '../run/reach.js';
import type { Run } from '../run/run.js';
import { budgetUsed, secondsLeft } from '../run/status.js';
import type { Store } from '../store.js';

/** Which run this is, how it stands, and what can be opened. */
export function Header({
  store,
  run,
  figures,
  looking,
}: {
  store: Store;
  run: Run;
  figures: Signal<boolean>;
  looking: Signal<boolean>;
}) {
  return (
    <header class="header">
      <a
        class="brand"
        href={store.link({ classId: undefined, beside: undefined })}
        aria-label="Atoll, the wall"
      >
        <Mark />
        <span>Atoll</span>
      </a>
      <Name store={store} run={run} />
      {run.source !== 'file' && <State run={run} />}
      <Reached run={run} />
      <span class="spring" />
      {run.source === 'coordinator' && <Controls run={run} />}
      {run.source !== 'file' && <LookButton store={store} looking={looking} />}
      <button
        class="button"
        type="button"
        aria-expanded={figures.value}
        aria-controls="side"
        onClick={() => {
          figures.value = !figures.value;
        }}
      >
        <Icon name="figures" />
        <span class="word">Figures</span>
      </button>
    </header>
  );
}

function LookButton({ store, looking }: { store: Store; looking: Signal<boolean> }) {
  return (
    <button
      class="button"
      type="button"
      aria-expanded={looking.value}
      onClick={() => {
        looking.value = !looking.value;
        if (!looking.value) store.lit.value = undefined;
      }}
    >
      <Icon name="eye" />
      <span class="word">Show it a picture</span>
    </button>
  );
}

function Name({ store, run }: { store: Store; run: Run }) {
  const listings = store.listings.value;
  const { natural } = run.facts;
  const { model, encoding } = run.facts.spec;
  return (
    <div class="run-name">
      {listings.length > 1 ? (
        <label>
          <span class="hidden">Run</span>
          <select
            class="field"
            value={run.base}
            onChange={({ currentTarget }) => {
              const chosen = listings.find(({ base }) => base === currentTarget.value);
              store.go({ run: chosen?.name, beside: undefined });
            }}
          >
            {listings.map(({ base, name }) => (
              <option key={base} value={base}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <h1>{run.name}</h1>
      )}
      <p class="quiet" title={natural}>
        {shortModel(model)} · {encoding}
      </p>
      {natural !== undefined && <p class={`quiet natural from-${run.source}`}>{natural}</p>}
    </div>
  );
}

/** A path's last part. */
const shortModel = (model: string) => model.split(/[\\/]/).filter(Boolean).at(-1) ?? model;

const WORDS = {
  running: 'Running',
  paused: 'Paused',
  ending: 'Ending',
  ended: 'Ended',
  failed: 'Failed',
} as const;

function State({ run }: { run: Run }) {
  const status = run.status.value;
  const left = secondsLeft(status);
  const used = budgetUsed(status);
  return (
    <div class="state" data-state={status.state}>
      <span class="state-word">{WORDS[status.state]}</span>
      {left !== undefined && <span class="quiet">{duration(left)} left</span>}
      {used !== undefined && status.state !== 'ended' && (
        <progress max="1" value={used} aria-label="Share of the budget that is used" />
      )}
    </div>
  );
}

/** Says when what is shown is not what is so now. */
function Reached({ run }: { run: Run }) {
  const reach = run.reach.value;
  const still = run.source === 'directory' && reach.type === 'live' && run.status.value.state === 'ended';
  const now = useSignal(Date.now());
  const lost = reach.type === 'lost';
  useEffect(() => {
    if (!lost) return;
    now.value = Date.now();
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 500);
    return () => clearInterval(timer);
  }, [lost]);
  return (
    <span class="reach" data-reach={still ? 'stored' : reach.type}>
      <span class="dot" aria-hidden="true" />
      <span role="status">{still ? 'From disk' : wordsFor(reach)}</span>
      {reach.type === 'lost' && (
        <span class="quiet" aria-hidden="true">
          again in {Math.max(0, Math.ceil((reach.retryAt - now.value) / 1000))} s
        </span>
      )}
    </span>
  );
}

function wordsFor(reach: Reach): string {
  switch (reach.type) {
    case 'opening':
      return 'Connecting';
    case 'live':
      return 'Live';
    case 'lost':
      return 'Connection lost, reconnecting';
    case 'exported':
      return `As it was on ${new Date(reach.time).toLocaleDateString('en-GB', { dateStyle: 'medium' })}`;
  }
}
