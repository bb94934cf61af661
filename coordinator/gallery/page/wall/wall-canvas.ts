import type { Run } from '../run/run.js';
import { placesBetween } from './layout.js';
import type { Motion } from './motion.js';
import { type Brush, FADE_MS, paintTile } from './painter.js';
import { type Palette, readPalette } from './palette.js';
import { lookOf, type Scene, sameScene, tileAt } from './scene.js';
import { createTilePictures } from './tile-pictures.js';

/** Paints scenes. What did not change since the last one is not painted again. */
export interface WallCanvas {
  readonly palette: Palette;
  /** Returns whether something goes on changing by itself. `now`: the page's clock; `time`: since 1970. */
  paint(scene: Scene, now: number, time: number): boolean;
  resize(width: number, height: number): void;
  restyle(): void;
  close(): void;
}

/** How far a tile's frame reaches beyond its image. */
const FRAME = 5;

export function createWallCanvas(
  canvas: HTMLCanvasElement,
  run: Pick<Run, 'artist' | 'cells' | 'labels'>,
  motion: Motion,
  ports: { readonly still: boolean; readonly clock: () => number; readonly onPicture: () => void },
): WallCanvas {
  const context = contextOf(canvas);
  const { still } = ports;
  const cut = new Map<string, string>();
  /** Classes with a new picture. */
  const touched = new Set<number>();
  /** What each tile in view looked like when it was painted. */
  const painted = new Map<number, string>();
  let palette = readPalette();
  let last: Scene | undefined;
  const pictures = createTilePictures(run.artist, ports.clock, (classId) => {
    touched.add(classId);
    ports.onPicture();
  });

  /** Paints what is in view; only what changed where `whole` is false. Returns whether any of it fades. */
  function paintTiles(scene: Scene, brush: Brush, whole: boolean): boolean {
    const { now, time } = brush;
    const sources = { run, motion, pictures, unit: palette.unit, still };
    const inView = new Set<number>();
    let fading = false;
    for (const place of placesOf(scene, motion.moving(now))) {
      const tile = tileAt(scene, place, now, sources);
      const { classId, cell, picture, y, side, caption } = tile;
      if (y > scene.height || y + side + caption < 0) continue;
      inView.add(classId);
      if (cell !== undefined && scene.settled) {
        pictures.want(cell, Math.max(1, Math.round(side * devicePixelRatio)));
      }
      const fades = tile.glow > 0 || (picture?.before !== undefined && now - picture.since < FADE_MS);
      const look = lookOf(tile, time);
      fading ||= fades;
      if (!whole && !fades && !touched.has(classId) && painted.get(classId) === look) continue;
      if (!whole) clear(brush, tile, Math.min(FRAME, scene.layout.gap));
      paintTile(brush, tile);
      painted.set(classId, look);
    }
    touched.clear();
    pictures.trim(inView);
    return fading;
  }

  return {
    get palette() {
      return palette;
    },
    paint(scene, now, time) {
      const moving = motion.moving(now);
      const whole = moving || last === undefined || !sameScene(last, scene);
      const brush = { context, palette, ratio: devicePixelRatio, still, now, time, cut };
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      if (whole) {
        context.fillStyle = palette.ground;
        context.fillRect(0, 0, scene.width, scene.height);
        painted.clear();
      }
      const fading = paintTiles(scene, brush, whole);
      // The last picture of a movement is not yet the one that stands still.
      last = moving ? undefined : scene;
      return fading || moving || !scene.settled;
    },
    resize(width, height) {
      fitTo(canvas, width, height);
      last = undefined;
    },
    restyle() {
      palette = readPalette();
      cut.clear();
      last = undefined;
    },
    close: () => pictures.close(),
  };
}

/** What moves comes from anywhere; what stands still is in the rows in view. */
function* placesOf({ classes, layout, scrolled, height }: Scene, moving: boolean): Iterable<number> {
  const { first, end } = moving
    ? { first: 0, end: classes.length }
    : placesBetween(layout, scrolled, scrolled + height, classes.length);
  for (let place = first; place < end; place++) yield place;
}

function clear(
  { context, palette }: Brush,
  { x, y, side, caption }: { x: number; y: number; side: number; caption: number },
  margin: number,
): void {
  context.fillStyle = palette.ground;
  context.fillRect(x - margin, y - margin, side + 2 * margin, side + caption + 2 * margin);
}

function fitTo(canvas: HTMLCanvasElement, width: number, height: number): void {
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  canvas.style.marginBottom = `${-height}px`;
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser has no canvas');
  return context;
}
