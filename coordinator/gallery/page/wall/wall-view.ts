import { type Signal, signal } from '@preact/signals';
import type { Run } from '../run/run.js';
import { createFrames } from './frames.js';
import { LARGEST_TILE, type Layout, layOut, placesBetween, positionOf, SMALLEST_TILE } from './layout.js';
import { createMotion, type Motion } from './motion.js';
import { createWallCanvas } from './wall-canvas.js';

/** The wall's view: which tiles are where in a list that scrolls, painted whenever something changed. */
export interface WallView {
  readonly layout: Signal<Layout>;
  /** Places in view: from `first` up to, not including, `end`. */
  readonly range: Signal<{ readonly first: number; readonly end: number }>;
  /** Which classes are shown, in their order. */
  show(classes: readonly number[]): void;
  /** Classes that are looked for, the others step back; undefined: nothing is looked for. */
  light(classes: ReadonlySet<number> | undefined): void;
  /** Width of a tile in CSS pixels; what is under `anchorY` (from the view's top) stays there. */
  zoom(tile: number, anchorY?: number): void;
  /** Scrolls a place into view. */
  reveal(place: number): void;
  /** Whether something else covers the wall: nothing is painted then. */
  pause(covered: boolean): void;
  /** Colours or letters are others now. */
  restyle(): void;
  close(): void;
}

/** A size that is still being changed is not drawn for. */
const SETTLE_MS = 160;
const AGE_MS = 1000;

export function createWallView(
  scroller: HTMLElement,
  canvas: HTMLCanvasElement,
  run: Pick<Run, 'artist' | 'cells' | 'labels'>,
): WallView {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const clock = () => performance.now();
  const motion = createMotion(run.cells.classes, still);
  const painting = createFrames(paint);
  const paper = createWallCanvas(canvas, run, motion, { still, clock, onPicture: painting.soon });
  let classes: readonly number[] = [];
  let lit: ReadonlySet<number> | undefined;
  let tile = 160;
  let width = scroller.clientWidth;
  let height = scroller.clientHeight;
  let settledAt = 0;
  const layout = signal(layOut(0, width, tile, paper.palette));
  const range = signal({ first: 0, end: 0 });

  function paint(now: number): void {
    const settled = now >= settledAt;
    const scrolled = scroller.scrollTop;
    const scene = { classes, layout: layout.value, scrolled, width, height, lit, settled };
    if (paper.paint(scene, now, Date.now())) painting.soon();
    setRange();
  }

  function setRange(): void {
    const top = scroller.scrollTop;
    const next = placesBetween(layout.value, top, top + height, classes.length);
    const { first, end } = range.value;
    if (next.first !== first || next.end !== end) range.value = next;
  }

  /** Lays out anew, and scrolls so that the row at `anchorY` stays there. */
  function relayOut(next: readonly number[], anchorY: number | undefined): void {
    const old = layout.value;
    keepPlaces(motion, clock(), { classes, layout: old, scrolled: scroller.scrollTop });
    const fresh = layOut(next.length, width, tile, paper.palette);
    const scrolled = anchorY === undefined ? undefined : anchored(old, fresh, scroller.scrollTop, anchorY);
    classes = next;
    layout.value = fresh;
    canvas.parentElement?.style.setProperty('height', `${Math.max(height, fresh.height)}px`);
    if (scrolled !== undefined) scroller.scrollTop = scrolled;
    motion.shift(scroller.scrollTop);
    painting.soon();
    setRange();
  }

  function resize(): void {
    width = scroller.clientWidth;
    height = scroller.clientHeight;
    paper.resize(width, height);
    relayOut(classes, undefined);
    motion.stop();
  }

  const unsubscribe = run.cells.version.subscribe(painting.soon);
  const unwatch = watch(scroller, { onResize: resize, onChange: painting.soon });
  resize();

  return {
    layout,
    range,
    show(next) {
      const same = next.length === classes.length && next.every((each, place) => each === classes[place]);
      if (!same) relayOut(next, undefined);
    },
    light(next) {
      lit = next;
      painting.soon();
    },
    zoom(next, anchorY) {
      const size = Math.min(LARGEST_TILE * paper.palette.unit, Math.max(SMALLEST_TILE, next));
      if (size === tile) return;
      tile = size;
      settledAt = clock() + SETTLE_MS;
      relayOut(classes, anchorY ?? 0);
    },
    reveal(place) {
      scroller.scrollTop = scrolledTo(layout.value, place, scroller.scrollTop, height);
      setRange();
    },
    pause: painting.pause,
    restyle() {
      paper.restyle();
      relayOut(classes, undefined);
    },
    close() {
      unwatch();
      unsubscribe();
      painting.pause(true);
      paper.close();
    },
  };
}

/** How far to scroll so that the tile at a place is whole in a view of this height; no farther than needed. */
function scrolledTo(layout: Layout, place: number, top: number, height: number): number {
  const { y } = positionOf(layout, place);
  const { side, caption, gap } = layout;
  const bottom = y + side + caption + gap;
  if (y - gap < top) return y - gap;
  return bottom > top + height ? bottom - height : top;
}

/** Calls back when the view's size changes, and when what it shows may: it is scrolled, or ages grow. */
function watch(
  scroller: HTMLElement,
  { onResize, onChange }: { onResize: () => void; onChange: () => void },
): () => void {
  const observer = new ResizeObserver(onResize);
  observer.observe(scroller);
  scroller.addEventListener('scroll', onChange, { passive: true });
  const ageing = setInterval(onChange, AGE_MS);
  return () => {
    observer.disconnect();
    scroller.removeEventListener('scroll', onChange);
    clearInterval(ageing);
  };
}

/** Has tiles glide from where they are in the view now. */
function keepPlaces(
  motion: Motion,
  now: number,
  { classes, layout, scrolled }: { classes: readonly number[]; layout: Layout; scrolled: number },
): void {
  motion.start(now, (keep) => {
    classes.forEach((classId, place) => {
      const { x, y } = positionOf(layout, place);
      const at = motion.at(classId, x, y, layout.side, now);
      keep(classId, at.x, at.y - scrolled, at.side);
    });
  });
}

/** How far to scroll so that the tile at `anchor` (from the view's top) of the old layout is there in the new one. */
function anchored(old: Layout, fresh: Layout, scrolled: number, anchor: number): number {
  if (scrolled === 0 && anchor === 0) return 0;
  const row = Math.max(0, (scrolled + anchor - old.top) / old.rowHeight);
  const place = Math.floor(row) * old.columns;
  const newRow = Math.floor(place / fresh.columns) + (row % 1);
  return fresh.top + newRow * fresh.rowHeight - anchor;
}
