import { AREAS, type Source } from './sources.js';

/** A folder of the source with one purpose; the files of an area that lie in no folder are a room too, named `*.ts`. */
export interface Room {
  readonly name: string;
  /** 0 at the top: a room stands below all rooms of its area that import it. */
  readonly level: number;
}

export interface Area {
  readonly name: string;
  readonly rooms: readonly Room[];
  /**
   * Pairs of names: the first imports the second. Pairs that follow from others are left out (a → c beside a → b → c).
   * `both`: the second imports the first, too; of the two, the first has more imports of the second.
   */
  readonly arrows: readonly Arrow[];
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly both: boolean;
}

/** Rooms with rooms of their own, which stand beside them. */
const WINGS = ['coordinator/gallery/page'];

/** The areas of the source, in the order of {@link AREAS}, with the rooms of each by name. */
export function areasOf(sources: readonly Source[]): Area[] {
  return AREAS.map((name) => areaOf(name, sources));
}

function areaOf(area: string, sources: readonly Source[]): Area {
  const counts = new Map<string, Map<string, number>>();
  for (const { path, imports } of sources) {
    const from = roomOf(path);
    if (from?.area !== area) continue;
    const leaving = counts.get(from.room) ?? new Map<string, number>();
    counts.set(from.room, leaving);
    for (const { target, typeOnly } of imports) {
      const to = roomOf(target);
      if (typeOnly || to?.area !== area || to.room === from.room) continue;
      leaving.set(to.room, (leaving.get(to.room) ?? 0) + 1);
    }
  }
  const count = (from: string, to: string) => counts.get(from)?.get(to) ?? 0;
  const names = [...counts.keys()].sort();
  const all = names.flatMap((from) =>
    names
      // Of two rooms that import each other, the one that imports more stands above.
      .filter((to) => count(from, to) > count(to, from) || (count(from, to) > 0 && count(to, from) === 0))
      .map((to) => ({ from, to, both: count(to, from) > 0 })),
  );
  return {
    name: area,
    rooms: names.map((name) => ({ name, level: levelOf(name, all) })),
    arrows: all.filter((arrow) => arrow.both || !leads(arrow, all)),
  };
}

/** Where a file lies: `protocol/wire/codec.ts` in the room `wire` of the area `protocol`. */
function roomOf(path: string): { readonly area: string; readonly room: string } | undefined {
  const [area = '', ...rest] = path.split('/');
  if (!AREAS.some((name) => name === area)) return undefined;
  const wing = WINGS.find((each) => path.startsWith(`${each}/`));
  if (wing !== undefined) return { area, room: wing.slice(area.length + 1) };
  return { area, room: rest.length > 1 ? (rest[0] ?? '') : '*.ts' };
}

/** The longest way down to the room. Throws an Error where three rooms or more import each other in a circle. */
function levelOf(name: string, arrows: readonly Arrow[], trail: readonly string[] = []): number {
  if (trail.includes(name)) throw new Error(`the rooms import each other: ${[...trail, name].join(' ← ')}`);
  const above = arrows.filter(({ to }) => to === name);
  return Math.max(0, ...above.map(({ from }) => 1 + levelOf(from, arrows, [...trail, name])));
}

/** Whether another way of arrows leads from one end to the other. */
function leads({ from, to }: Arrow, arrows: readonly Arrow[]): boolean {
  const reached = new Set(
    arrows.filter((each) => each.from === from && each.to !== to).map((each) => each.to),
  );
  for (const room of reached) {
    for (const each of arrows) if (each.from === room) reached.add(each.to);
  }
  return reached.has(to);
}
