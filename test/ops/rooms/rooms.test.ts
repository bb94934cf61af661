import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawRooms } from '../../../ops/rooms/draw-rooms.js';
import { layOut } from '../../../ops/rooms/layout.js';
import { areasOf } from '../../../ops/rooms/rooms.js';
import type { Source } from '../../../ops/rooms/sources.js';
import { ROOT, SHIPPED } from '../sources.js';

/** A file that imports others. */
function file(path: string, ...targets: string[]): Source {
  return { path, text: '', imports: targets.map((target) => ({ target, typeOnly: false, later: false })) };
}

/** What an area has of these files. */
function areaOf(name: string, sources: readonly Source[]) {
  const area = areasOf(sources).find((each) => each.name === name);
  if (area === undefined) throw new Error(`expected an area ${name}`);
  return area;
}

describe('the picture of the rooms', () => {
  it('is drawn of the imports that there are (npm run generate:rooms)', () => {
    expect(drawRooms(SHIPPED)).toBe(readFileSync(join(ROOT, 'ops/pictures/rooms.svg'), 'utf8'));
  });

  it('shows each room below all that import it, and leaves out what follows from other arrows', () => {
    const area = areaOf('worker', [
      file('worker/worker.ts', 'worker/a/a.ts', 'worker/c/c.ts'),
      file('worker/a/a.ts', 'worker/b/b.ts', 'worker/c/c.ts', 'protocol/wire/codec.ts', 'node:fs'),
      file('worker/b/b.ts', 'worker/c/c.ts'),
      file('worker/c/c.ts', 'worker/c/other.ts'),
    ]);
    expect(area.rooms).toEqual([
      { name: '*.ts', level: 0 },
      { name: 'a', level: 1 },
      { name: 'b', level: 2 },
      { name: 'c', level: 3 },
    ]);
    expect(area.arrows.map(({ from, to }) => `${from} ${to}`)).toEqual(['*.ts a', 'a b', 'b c']);
  });

  it('shows two rooms that import each other by an arrow with two tips, and refuses a circle of three', () => {
    const two = [
      file('worker/a/a.ts', 'worker/b/b.ts'),
      file('worker/a/z.ts', 'worker/b/b.ts'),
      file('worker/b/b.ts', 'worker/a/a.ts'),
    ];
    expect(areaOf('worker', two).arrows).toEqual([{ from: 'a', to: 'b', both: true }]);
    const three = [
      file('worker/a/a.ts', 'worker/b/b.ts'),
      file('worker/b/b.ts', 'worker/c/c.ts'),
      file('worker/c/c.ts', 'worker/a/a.ts'),
    ];
    expect(() => areasOf(three)).toThrow(/a ← .* ← a/);
  });

  it('has no box over another, none beyond its area, and no arrow through a box', () => {
    for (const area of areasOf(SHIPPED)) {
      const width = 430;
      const { boxes, paths, height } = layOut(area, area.name === 'ops' ? 920 : width);
      for (const box of boxes) {
        expect(box.y + box.height, box.name).toBeLessThan(height);
        const over = boxes.filter(
          (other) => other.y === box.y && other.x > box.x && other.x < box.x + box.width,
        );
        expect(over).toEqual([]);
      }
      const through = paths.flatMap(({ points }) =>
        points
          .slice(1, -1)
          .filter(([x, y]) => boxes.some((box) => box.y === y && box.x <= x && x <= box.x + box.width)),
      );
      expect(through).toEqual([]);
    }
  });
});
