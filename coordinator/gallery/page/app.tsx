import { signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Elite } from './elite/elite.js';
import { Look } from './look/look.js';
import type { Run } from './run/run.js';
import { Header } from './side/header.js';
import { Side } from './side/side.js';
import type { Store } from './store.js';
import type { Tiling } from './wall/tiling.js';
import { Toolbar } from './wall/toolbar.js';
import { Wall } from './wall/wall.js';

/** Which panels are open, and how large tiles are; for this tab alone. */
const narrow = () => matchMedia('(max-width: 999px)').matches;
const figures = signal(!narrow());
const looking = signal(false);
const tiling: Tiling = { chosen: signal<number | undefined>(undefined), fitted: signal(160) };

export function App({ store }: { store: Store }) {
  const run = store.run.value;
  useShortcuts(store);
  if (run === undefined) return <Waiting failure={store.failure.value} />;
  return <Shown store={store} run={run} key={run.base} />;
}

function Shown({ store, run }: { store: Store; run: Run }) {
  const { classId } = store.place.value;
  useReturn(classId);
  return (
    <div class={figures.value ? 'app with-side' : 'app'}>
      <button class="skip" type="button" onClick={skip}>
        Skip to the images
      </button>
      <Header store={store} run={run} figures={figures} looking={looking} />
      <Side store={store} run={run} open={figures} />
      <main class="main" id="main" tabIndex={-1}>
        <div class="wall-page" inert={classId !== undefined}>
          <Toolbar store={store} run={run} tiling={tiling} />
          <Wall store={store} run={run} tiling={tiling} />
        </div>
        {classId !== undefined && <Elite store={store} run={run} classId={classId} key={classId} />}
      </main>
      <Look store={store} run={run} open={looking} />
    </div>
  );
}

function skip(): void {
  (document.querySelector<HTMLElement>('.wall a') ?? document.getElementById('main'))?.focus();
}

function Waiting({ failure }: { failure: string }) {
  // What comes at once needs no words.
  const late = useSignal(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      late.value = true;
    }, 400);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main class="waiting">
      <h1>Atoll</h1>
      <p class="quiet" role="status">
        {failure === '' ? late.value && 'Asking for the run…' : `${failure} The page tries again by itself.`}
      </p>
    </main>
  );
}

/** `/` goes to the filter, Escape back to the wall. */
function useShortcuts(store: Store): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      // Keys within a dialog are its own.
      if (document.querySelector('dialog[open]') !== null) return;
      const typing = event.target instanceof Element && event.target.matches('input, select, textarea');
      if (event.key === 'Escape') back(store, typing ? (event.target as HTMLElement) : undefined);
      if (event.key !== '/' || typing) return;
      event.preventDefault();
      const filter = () => document.querySelector<HTMLElement>('.toolbar [type=search]')?.focus();
      if (store.place.value.classId === undefined) filter();
      else {
        leave(store);
        addEventListener('hashchange', () => requestAnimationFrame(filter), { once: true });
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [store]);
}

function back(store: Store, field: HTMLElement | undefined): void {
  if (looking.value) {
    looking.value = false;
    store.lit.value = undefined;
  } else if (store.place.value.classId !== undefined) leave(store);
  else if (field !== undefined) field.blur();
}

function leave(store: Store): void {
  store.go({ classId: undefined, beside: undefined });
}

/** Whoever comes back from an elite finds its tile with the focus. */
function useReturn(classId: number | undefined): void {
  const before = useRef(classId);
  useEffect(() => {
    if (classId === undefined && before.current !== undefined) {
      const link = document.querySelector<HTMLElement>(`.wall [data-class="${before.current}"]`);
      link?.focus({ preventScroll: true });
    }
    before.current = classId;
  }, [classId]);
}
