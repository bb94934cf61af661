import { ago } from '../format.js';
import type { Run } from '../run/run.js';
import { captionHeight, type Layout, positionOf } from './layout.js';
import type { Motion } from './motion.js';
import { GLOW_MS, type Tile } from './painter.js';
import type { TilePictures } from './tile-pictures.js';

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

/** Whether everything is in the same place. */
export function sameScene(a: Scene, b: Scene): boolean {
  return (
    a.classes === b.classes &&
    a.layout === b.layout &&
    a.scrolled === b.scrolled &&
    a.width === b.width &&
    a.height === b.height &&
    a.lit === b.lit
  );
}

/** Where tiles take what they show from. */
export interface Sources {
  readonly run: Pick<Run, 'cells' | 'labels'>;
  readonly motion: Motion;
  readonly pictures: TilePictures;
  /** CSS pixels of a sixteenth of the page's font size. */
  readonly unit: number;
  readonly still: boolean;
}

/** The tile at a place of a scene, as it is at `now`. */
export function tileAt(
  { classes, layout, scrolled, lit }: Scene,
  place: number,
  now: number,
  { run, motion, pictures, unit, still }: Sources,
): Tile & { readonly classId: number } {
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
    caption: captionHeight(side, unit),
    label: run.labels[classId] ?? '',
    cell,
    picture: cell && pictures.get(classId),
    glow: still && glow > 0 ? 1 : glow,
    lit: lit?.has(classId),
  };
}

/** All that a tile shows and that changes without its picture. `time`: milliseconds since 1970. */
export function lookOf({ cell, glow }: Tile, time: number): string {
  if (cell === undefined) return 'empty';
  const age = cell.changed === 0 ? '' : ago(cell.changed, time);
  return `${cell.confidence} ${age} ${glow > 0}`;
}
