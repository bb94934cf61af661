import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../coordinator/gallery/page/run/cells.js';
import { cutTo } from '../../../coordinator/gallery/page/wall/cut.js';
import {
  fittingTile,
  layOut,
  placesBetween,
  positionOf,
} from '../../../coordinator/gallery/page/wall/layout.js';
import { choose, rankLabels } from '../../../coordinator/gallery/page/wall/order.js';
import { pinchedTo } from '../../../coordinator/gallery/page/wall/pinch.js';
import { step } from '../../../coordinator/gallery/page/wall/walk.js';

const MEASURE = { unit: 1, gutter: 20 };
const wall = fc.record({
  count: fc.integer({ min: 1, max: 1200 }),
  width: fc.integer({ min: 320, max: 4000 }),
  tile: fc.integer({ min: 28, max: 720 }),
});

describe('the layout of a wall', () => {
  it('keeps every tile within its width, and none over another', () => {
    fc.assert(
      fc.property(wall, ({ count, width, tile }) => {
        const layout = layOut(count, width, tile, MEASURE);
        const last = positionOf(layout, Math.min(count, layout.columns) - 1);
        expect(last.x + layout.side).toBeLessThanOrEqual(width - MEASURE.gutter + 1);
        expect(layout.side).toBeGreaterThanOrEqual(Math.min(tile, width - 2 * MEASURE.gutter) - 1);
        const end = positionOf(layout, count - 1);
        expect(end.y + layout.side + layout.caption).toBeLessThanOrEqual(layout.height);
        if (layout.columns > 1)
          expect(positionOf(layout, 1).x - positionOf(layout, 0).x).toBeGreaterThan(layout.side);
      }),
    );
  });

  it('finds exactly the rows that show', () => {
    fc.assert(
      fc.property(wall, fc.integer({ min: 0, max: 5000 }), ({ count, width, tile }, from) => {
        const layout = layOut(count, width, tile, MEASURE);
        const { first, end } = placesBetween(layout, from, from + 700, count);
        for (let place = 0; place < count; place++) {
          const { y } = positionOf(layout, place);
          const shows = y + layout.side + layout.caption > from && y < from + 700;
          if (shows) expect(place >= first && place < end).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('shows all of a few tiles at once, and many so that they can be read', () => {
    const few = fittingTile(10, 1000, 700, MEASURE);
    expect(layOut(10, 1000, few, MEASURE).height).toBeLessThanOrEqual(700);
    expect(layOut(10, 1000, few + 8, MEASURE).height).toBeGreaterThan(700);
    expect(fittingTile(1000, 1000, 700, MEASURE)).toBe(112);
  });
});

describe('the order of a wall', () => {
  const labels = ['9 lives', '10 lives', 'school bus', 'bus stop', 'lion'];
  const cell = (classId: number, confidence: number, changed: number, island: number): Cell => ({
    classId,
    confidence,
    changed,
    island,
    digest: `${classId}`,
    evaluation: 1,
  });
  const held = new Map(
    [cell(0, 0.2, 5, 1), cell(1, 0.9, 4, 0), cell(2, 0.5, 9, 1), cell(3, 0.5, 1, 0)].map((each) => [
      each.classId,
      each,
    ]),
  );
  const cells = { classes: 5, get: (classId: number) => held.get(classId) };
  const order = (choice: Partial<Parameters<typeof choose>[3]>) =>
    choose(cells, labels, rankLabels(labels), { order: 'label', find: '', above: 0, ...choice });

  it('is that of labels as people sort them, or of what is asked for, with empty cells last', () => {
    expect(order({})).toEqual([0, 1, 3, 4, 2]);
    expect(order({ order: 'confidence' })).toEqual([1, 3, 2, 0, 4]);
    expect(order({ order: 'newest' })).toEqual([2, 0, 1, 3, 4]);
    expect(order({ order: 'island' })).toEqual([1, 3, 0, 2, 4]);
  });

  it('keeps labels with all the words, or the class of a number; and what is sure enough', () => {
    expect(order({ find: 'BUS  s' })).toEqual([3, 2]);
    expect(order({ find: '4' })).toEqual([4]);
    expect(order({ find: '10' })).toEqual([1]);
    expect(order({ above: 0.5 })).toEqual([1, 3, 2]);
  });

  it('begins with the classes that are looked for', () => {
    expect(order({ first: [4, 2] })).toEqual([4, 2, 0, 1, 3]);
  });
});

describe('walking a wall', () => {
  const ground = { columns: 4, count: 10, rows: 2 };
  it.each([
    ['ArrowRight', 3, 4],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 5, 9],
    ['ArrowDown', 7, 9],
    ['ArrowDown', 8, 8],
    ['ArrowUp', 5, 1],
    ['ArrowUp', 2, 2],
    ['PageDown', 1, 9],
    ['PageUp', 9, 1],
    ['Home', 6, 0],
    ['End', 6, 9],
    ['a', 6, undefined],
  ])('%s leads from place %d to %s', (key, place, to) => {
    expect(step(key, place, ground)).toBe(to);
  });
});

describe('a label', () => {
  it('is cut where it does not fit, and only there', () => {
    const within = (most: number) => (text: string) => text.length <= most;
    expect(cutTo('school bus', within(10))).toBe('school bus');
    expect(cutTo('school bus', within(9))).toBe('school b…');
    expect(cutTo('school bus', within(8))).toBe('school…');
    expect(cutTo('school bus', within(0))).toBe('…');
  });
});

describe('two fingers', () => {
  it('make tiles wider in proportion to how far apart they are, and nothing of a hair between them', () => {
    expect(pinchedTo({ side: 100, distance: 80 }, 160)).toBe(200);
    expect(pinchedTo({ side: 100, distance: 80 }, 40)).toBe(50);
    expect(pinchedTo({ side: 100, distance: 0.01 }, 0)).toBe(100);
  });
});
