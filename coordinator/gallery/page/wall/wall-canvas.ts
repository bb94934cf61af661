import { ago } from '../format.js';
import type { Run } from '../run/run.js';
import { captionHeight, type Layout, placesBetween, positionOf } from './layout.js';
import type { Motion } from './motion.js';
import { createPainter, FADE_MS, GLOW_MS, type Tile } from './painter.js';
import { type Palette, readPalette } from './palette.js';
import { createTilePictures } from './tile-pictures.js';

/** What a wall shows at one time. Heights and widths are CSS pixels. */
export interface Scene {
  readonly classes: readonly number[];
  readonly layout: Layout;
  readonly scrolled: number;
  readonly width: number;
  readonly height: number;
  /** Classes that are looked for; undefined: nothing is. */
  readonly lit: ReadonlySet<number> | undefined;
  /** Whether pictures are drawn for this size: it stands still. */
  readonly settled: boolean;
}

/** Paints scenes. What did not change since the last one is not painted again. */
export interface WallCanvas {
  readonly palette: Palette;
  /** Returns whether something goes on changing by itself. `now`: the page's clock; `time`: since 1970. */
  paint(scene: Scene, now: number, time: number): boolean;
  /** All of it is to be painted anew. */
  spoil(): void;
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
  let palette = readPalette();
  let painter = createPainter(context, { ratio: devicePixelRatio, still });
  /** Classes with a new picture. */
  const touched = new Set<number>();
  /** What each tile in view looked like when it was painted. */
  const painted = new Map<number, string>();
  let last: Scene | undefined;
  const pictures = createTilePictures(run.artist, ports.clock, (classId) => {
    touched.add(classId);
    ports.onPicture();
  });

  function tileOf(scene: Scene, place: number, now: number): Tile & { readonly classId: number } {
    const { layout, classes, scrolled, lit } = scene;
    const classId = classes[place] as number;
    const goal = positionOf(layout, place);
    const { x, y, side } = motion.at(classId, goal.x, goal.y, layout.side, now);
    const cell = run.cells.get(classId);
    const improved = run.cells.improvedAt(classId);
    const glow = improved === 0 ? 0 : Math.max(0, 1 - (now - improved) / GLOW_MS);
    return {
      classId,
      x,
      y: y - scrolled,
      side,
      caption: captionHeight(side, palette.unit),
      label: run.labels[classId] ?? '',
      cell,
      picture: cell && pictures.get(classId),
      glow: still && glow > 0 ? 1 : glow,
      lit: lit?.has(classId),
    };
  }

  /** Paints what is in view; only what changed where `whole` is false. Returns whether any of it fades. */
  function paintTiles(scene: Scene, now: number, time: number, whole: boolean): boolean {
    const { classes, layout, scrolled, height, settled } = scene;
    // What moves comes from anywhere; what stands still is in the rows in view.
    const { first, end } = motion.moving(now)
      ? { first: 0, end: classes.length }
      : placesBetween(layout, scrolled, scrolled + height, classes.length);
    const inView = new Set<number>();
    const margin = Math.min(FRAME, layout.gap);
    let fading = false;
    for (let place = first; place < end; place++) {
      const tile = tileOf(scene, place, now);
      const { classId, cell, picture, x, y, side, caption } = tile;
      if (y > height || y + side + caption < 0) continue;
      inView.add(classId);
      if (cell !== undefined && settled)
        pictures.want(cell, Math.max(1, Math.round(side * devicePixelRatio)));
      const fades = tile.glow > 0 || (picture?.before !== undefined && now - picture.since < FADE_MS);
      const look = lookOf(tile, time);
      fading ||= fades;
      if (!whole && !fades && !touched.has(classId) && painted.get(classId) === look) continue;
      if (!whole) {
        context.fillStyle = palette.ground;
        context.fillRect(x - margin, y - margin, side + 2 * margin, side + caption + 2 * margin);
      }
      painter.paint(tile);
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
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      if (whole) {
        context.fillStyle = palette.ground;
        context.fillRect(0, 0, scene.width, scene.height);
        painted.clear();
      }
      painter.begin(now, time, palette);
      const fading = paintTiles(scene, now, time, whole);
      // The last picture of a movement is not yet the one that stands still.
      last = moving ? undefined : scene;
      return fading || moving || !scene.settled;
    },
    spoil() {
      last = undefined;
    },
    resize(width, height) {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      canvas.style.marginBottom = `${-height}px`;
      painter = createPainter(context, { ratio: devicePixelRatio, still });
      last = undefined;
    },
    restyle() {
      palette = readPalette();
      painter = createPainter(context, { ratio: devicePixelRatio, still });
      last = undefined;
    },
    close: () => pictures.close(),
  };
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser has no canvas');
  return context;
}

/** Whether everything is in the same place. */
function sameScene(a: Scene, b: Scene): boolean {
  return (
    a.classes === b.classes &&
    a.layout === b.layout &&
    a.scrolled === b.scrolled &&
    a.width === b.width &&
    a.height === b.height &&
    a.lit === b.lit
  );
}

/** All that a tile shows and that changes without its picture. */
function lookOf({ cell, glow }: Tile, time: number): string {
  if (cell === undefined) return 'empty';
  const age = cell.changed === 0 ? '' : ago(cell.changed, time);
  return `${cell.confidence} ${age} ${glow > 0}`;
}
