import { computed, effect, type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ago, percent } from '../format.js';
import type { Cell } from '../run/cells.js';
import type { Run } from '../run/run.js';
import type { Store } from '../store.js';
import { fittingTile, positionOf } from './layout.js';
import { choose } from './order.js';
import { readPalette } from './palette.js';
import type { Tiling } from './tiling.js';
import { step } from './walk.js';
import { createWallView, type WallView } from './wall-view.js';
import { followZoom } from './zooming.js';

/** How often tiles may change their places while images improve. */
const REORDER_MS = 1500;

/** Every class a tile. The canvas has the pictures; a link lies over each tile for pointers, keys and screen readers. */
export function Wall({ store, run, tiling }: { store: Store; run: Run; tiling: Tiling }) {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useSignal<WallView | undefined>(undefined);
  const classes = useSignal<readonly number[]>([]);

  useEffect(() => {
    if (scroller.current === null || canvas.current === null) return;
    const made = createWallView(scroller.current, canvas.current, run);
    view.value = made;
    const stops = [
      followOrder(store, run, classes),
      effect(() => made.show(classes.value)),
      effect(() => made.light(litOf(store))),
      effect(() => made.pause(store.place.value.classId !== undefined)),
      followTile(scroller.current, made, tiling, classes),
      followZoom(scroller.current, made, tiling),
      followStyle(made),
      followKeys(scroller.current, made, classes),
    ];
    return () => {
      for (const stop of stops) stop();
      made.close();
      view.value = undefined;
    };
  }, [run]);

  const covered = store.place.value.classId !== undefined;
  const shown = view.value;
  return (
    <div class="wall" ref={scroller} inert={covered}>
      <div class="wall-inner">
        <canvas ref={canvas} />
        {shown !== undefined && <Links store={store} run={run} view={shown} classes={classes.value} />}
      </div>
    </div>
  );
}

function litOf({ lit }: Store): ReadonlySet<number> | undefined {
  return lit.value === undefined ? undefined : new Set(lit.value.map(({ classId }) => classId));
}

/** The order follows the place at once, and the archive now and then. */
function followOrder(store: Store, run: Run, classes: Signal<readonly number[]>): () => void {
  const choice = computed(() => {
    const { order, find, above } = store.place.value;
    const first = (store.lit.value ?? []).map(({ classId }) => classId);
    return JSON.stringify({ order, find, above, first });
  });
  const arrange = () => {
    classes.value = choose(run.cells, run.labels, run.ranks, JSON.parse(choice.value));
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stops = [
    choice.subscribe(arrange),
    run.cells.version.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        arrange();
      }, REORDER_MS);
    }),
  ];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

/** The tile size that was chosen, or else the one that suits the window and the number of tiles. */
function followTile(
  scroller: HTMLElement,
  view: WallView,
  { chosen, fitted }: Tiling,
  classes: Signal<readonly number[]>,
): () => void {
  const apply = () => {
    const { clientWidth, clientHeight } = scroller;
    const count = classes.value.length;
    if (clientHeight === 0) return;
    fitted.value = fittingTile(count, clientWidth, clientHeight, readPalette());
    view.zoom(chosen.value ?? fitted.value);
  };
  const stop = effect(apply);
  const observer = new ResizeObserver(apply);
  observer.observe(scroller);
  return () => {
    stop();
    observer.disconnect();
  };
}

function followStyle(view: WallView): () => void {
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const onChange = () => view.restyle();
  scheme.addEventListener('change', onChange);
  return () => scheme.removeEventListener('change', onChange);
}

function followKeys(scroller: HTMLElement, view: WallView, classes: Signal<readonly number[]>): () => void {
  const onKey = (event: KeyboardEvent) => walk(event, view, classes.value, scroller.clientHeight);
  scroller.addEventListener('keydown', onKey);
  return () => scroller.removeEventListener('keydown', onKey);
}

/** Arrow keys go from tile to tile; a tile out of view is brought into it first. */
function walk(event: KeyboardEvent, view: WallView, classes: readonly number[], height: number): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const layout = view.layout.value;
  const focused = document.activeElement?.getAttribute('data-class');
  const place = focused == null ? -1 : classes.indexOf(Number(focused));
  const rows = Math.max(1, Math.floor(height / layout.rowHeight));
  const to = step(event.key, place, { columns: layout.columns, count: classes.length, rows });
  if (to === undefined) return;
  event.preventDefault();
  focusTile(view, classes, to);
}

export function focusTile(view: WallView, classes: readonly number[], place: number): void {
  view.reveal(place);
  const link = () => document.querySelector<HTMLElement>(`.wall [data-class="${classes[place]}"]`);
  // A tile that comes into view has its link after the next rendering.
  const now = link();
  if (now !== null) now.focus({ preventScroll: true });
  else requestAnimationFrame(() => requestAnimationFrame(() => link()?.focus({ preventScroll: true })));
}

function Links({
  store,
  run,
  view,
  classes,
}: {
  store: Store;
  run: Run;
  view: WallView;
  classes: readonly number[];
}) {
  const { first, end } = view.range.value;
  const layout = view.layout.value;
  // What is said of a tile is as new as the archive.
  run.cells.version.value;
  const now = Date.now();
  return (
    <ul class="wall-links" aria-label="Classes">
      {classes.slice(first, end).map((classId, i) => {
        const { x, y } = positionOf(layout, first + i);
        const label = run.labels[classId] ?? `class ${classId}`;
        return (
          <li key={classId} aria-setsize={classes.length} aria-posinset={first + i + 1}>
            <a
              href={store.link({ classId })}
              data-class={classId}
              title={label}
              style={{
                transform: `translate(${x}px, ${y}px)`,
                width: `${layout.side}px`,
                height: `${layout.side + layout.caption}px`,
              }}
            >
              <span class="hidden">{described(label, run.cells.get(classId), now)}</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function described(label: string, cell: Cell | undefined, now: number): string {
  if (cell === undefined) return `${label}, empty`;
  const age = cell.changed === 0 ? '' : `, changed ${ageOf(cell.changed, now)}`;
  return `${label}, ${percent(cell.confidence)}${age}`;
}

function ageOf(changed: number, now: number): string {
  const age = ago(changed, now);
  return age === 'now' ? 'just now' : `${age} ago`;
}
