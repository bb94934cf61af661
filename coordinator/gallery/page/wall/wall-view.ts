import { type Signal, signal } from '@preact/signals';
import type { Run } from '../run/run.js';
import {
  captionHeight,
  LARGEST_TILE,
  type Layout,
  layOut,
  placesBetween,
  positionOf,
  SMALLEST_TILE,
} from './layout.js';
import { createMotion } from './motion.js';
import { createPainter, FADE_MS, GLOW_MS } from './painter.js';
import { type Palette, readPalette } from './palette.js';
import { createTilePictures, type TilePictures } from './tile-pictures.js';

/** The wall's canvas: it paints what is in view of a list that scrolls, in one piece, as often as something changed. */
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

export function createWallView(
  scroller: HTMLElement,
  canvas: HTMLCanvasElement,
  run: Pick<Run, 'artist' | 'cells' | 'labels'>,
): WallView {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser has no canvas');
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const clock = () => performance.now();
  const pictures: TilePictures = createTilePictures(run.artist, clock, () => paintSoon());
  const motion = createMotion(run.cells.classes, still);

  let palette: Palette = readPalette();
  let painter = createPainter(context, { ratio: devicePixelRatio, still });
  let classes: readonly number[] = [];
  let lit: ReadonlySet<number> | undefined;
  let tile = 160;
  let width = scroller.clientWidth;
  let height = scroller.clientHeight;
  let frame = 0;
  let settledAt = 0;
  let paused = false;
  const layout = signal(layOut(0, width, tile, palette.unit));
  const range = signal({ first: 0, end: 0 });

  function paintSoon(): void {
    if (frame === 0 && !paused) frame = requestAnimationFrame(paint);
  }

  function paint(now: number): void {
    frame = 0;
    const shown = layout.value;
    const scrolled = scroller.scrollTop;
    const settled = now >= settledAt;
    const inView = new Set<number>();
    let moving = motion.moving(now);
    context?.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    if (context !== null) {
      context.fillStyle = palette.ground;
      context.fillRect(0, 0, width, height);
    }
    painter.begin(now, Date.now(), palette);
    // What moves comes from anywhere; what stands still is in the rows in view.
    const { first, end } = moving
      ? { first: 0, end: classes.length }
      : placesBetween(shown, scrolled, scrolled + height, classes.length);
    for (let place = first; place < end; place++) {
      const classId = classes[place] as number;
      const goal = positionOf(shown, place);
      const { x, y, side } = motion.at(classId, goal.x, goal.y, shown.side, now);
      const top = y - scrolled;
      if (top > height || top + side + shown.caption < 0) continue;
      inView.add(classId);
      const cell = run.cells.get(classId);
      if (cell !== undefined && settled) {
        pictures.want(cell, Math.max(1, Math.round(Math.round(shown.side * devicePixelRatio))));
      }
      const picture = pictures.get(classId);
      const improved = run.cells.improvedAt(classId);
      const glow = improved === 0 ? 0 : Math.max(0, 1 - (now - improved) / GLOW_MS);
      if (glow > 0 || (picture !== undefined && now - picture.since < FADE_MS)) moving = true;
      painter.paint({
        x,
        y: top,
        side,
        caption: captionHeight(side, palette.unit),
        label: run.labels[classId] ?? '',
        cell,
        picture: cell === undefined ? undefined : picture,
        glow: still && glow > 0 ? 1 : glow,
        lit: lit?.has(classId),
      });
    }
    pictures.trim(inView);
    if (moving || !settled) paintSoon();
    setRange();
  }

  function setRange(): void {
    const next = placesBetween(layout.value, scroller.scrollTop, scroller.scrollTop + height, classes.length);
    const { first, end } = range.value;
    if (next.first !== first || next.end !== end) range.value = next;
  }

  /** Lays out anew; tiles glide to their new places, seen from the view, whose scrolling jumps with them. */
  function relayOut(next: readonly number[], anchorY: number | undefined): void {
    const old = layout.value;
    const scrolled = scroller.scrollTop;
    const now = clock();
    const anchor = anchorY ?? 0;
    const row = Math.max(0, (scrolled + anchor - old.top) / old.rowHeight);
    const anchored = Math.floor(row) * old.columns;
    motion.start(now, (keep) => {
      classes.forEach((classId, place) => {
        const { x, y } = positionOf(old, place);
        const at = motion.at(classId, x, y, old.side, now);
        keep(classId, at.x, at.y - scrolled, at.side);
      });
    });
    classes = next;
    const fresh = layOut(classes.length, width, tile, palette.unit);
    layout.value = fresh;
    canvas.parentElement?.style.setProperty('height', `${Math.max(height, fresh.height)}px`);
    if (anchorY !== undefined && old.columns > 0) {
      const newRow = Math.floor(anchored / fresh.columns) + (row - Math.floor(row));
      scroller.scrollTop = fresh.top + newRow * fresh.rowHeight - anchor;
    }
    motion.shift(scroller.scrollTop);
    paintSoon();
    setRange();
  }

  function resize(): void {
    width = scroller.clientWidth;
    height = scroller.clientHeight;
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    canvas.style.marginBottom = `${-height}px`;
    if (context !== null) painter = createPainter(context, { ratio: devicePixelRatio, still });
    relayOut(classes, undefined);
    motion.stop();
  }

  const observer = new ResizeObserver(resize);
  observer.observe(scroller);
  scroller.addEventListener('scroll', paintSoon, { passive: true });
  // Ages grow, and improvements come, without anybody touching the wall.
  const ageing = setInterval(paintSoon, 1000);
  const unsubscribe = run.cells.version.subscribe(paintSoon);
  resize();

  return {
    layout,
    range,
    show(next) {
      if (next.length === classes.length && next.every((classId, place) => classId === classes[place]))
        return;
      relayOut(next, undefined);
    },
    light(next) {
      lit = next;
      paintSoon();
    },
    zoom(next, anchorY) {
      const size = Math.min(LARGEST_TILE * palette.unit, Math.max(SMALLEST_TILE, next));
      if (size === tile) return;
      tile = size;
      settledAt = clock() + SETTLE_MS;
      relayOut(classes, anchorY ?? 0);
    },
    reveal(place) {
      const { y } = positionOf(layout.value, place);
      const { side, caption, gap } = layout.value;
      const bottom = y + side + caption + gap;
      if (y - gap < scroller.scrollTop) scroller.scrollTop = y - gap;
      else if (bottom > scroller.scrollTop + height) scroller.scrollTop = bottom - height;
      setRange();
    },
    pause(covered) {
      paused = covered;
      paintSoon();
    },
    restyle() {
      palette = readPalette();
      if (context !== null) painter = createPainter(context, { ratio: devicePixelRatio, still });
      relayOut(classes, undefined);
    },
    close() {
      observer.disconnect();
      scroller.removeEventListener('scroll', paintSoon);
      clearInterval(ageing);
      unsubscribe();
      cancelAnimationFrame(frame);
      pictures.close();
    },
  };
}
