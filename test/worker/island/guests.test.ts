import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArchive } from '../../../protocol/archive/archive.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { drawParent } from '../../../worker/emitter/selection.js';
import { createGuests, type Guests } from '../../../worker/island/guests.js';
import { candidateOf, eliteOf } from './elites.js';

function setUp(...confidences: readonly number[]) {
  const archive = createArchive(confidences.length);
  confidences.forEach((confidence, classId) => {
    if (confidence > 0) archive.merge(eliteOf(classId, confidence));
  });
  return { archive, guests: createGuests(archive) };
}

const parents = (guests: Guests) =>
  Array.from({ length: guests.filled }, (_, i) => guests.nthFilled(i)).map(({ classId, confidence }) => [
    classId,
    Math.round(confidence * 100) / 100,
  ]);

describe('guests', () => {
  it('stand in for the worst elites that have none yet, the worst first, as what they are', () => {
    const { guests } = setUp(0.9, 0.1, 0.3, 0, 0.6);
    guests.admit(eliteOf(0, 0.7, candidateOf(10)));
    expect(parents(guests)).toEqual([
      [0, 0.9],
      [0, 0.7],
      [2, 0.3],
      [4, 0.6],
    ]);
    guests.admit(eliteOf(4, 0.5, candidateOf(11)));
    expect(parents(guests)).toEqual([
      [0, 0.9],
      [0, 0.7],
      [4, 0.5],
      [4, 0.6],
    ]);
    // No elite without a guest is worse than this one.
    guests.admit(eliteOf(4, 0.55, candidateOf(12)));
    expect(guests.size).toBe(2);
  });

  it('leave when their cell is improved, and nothing else makes them leave', () => {
    const { archive, guests } = setUp(0.9, 0.1);
    guests.admit(eliteOf(0, 0.7, candidateOf(10)));
    archive.merge(eliteOf(0, 0.95, candidateOf(20)));
    expect(parents(guests)[1]).toEqual([0, 0.7]);
    archive.merge(eliteOf(1, 0.2, candidateOf(21)));
    expect(parents(guests)[1]).toEqual([1, 0.2]);
    expect(guests.size).toBe(0);
  });

  it('are no one who is here already, as an elite or as a guest', () => {
    const { archive, guests } = setUp(0.9, 0.1, 0.2);
    const [host] = archive.elites();
    if (host) guests.admit(host);
    expect(guests.size).toBe(0);
    guests.admit(eliteOf(0, 0.7, candidateOf(10)));
    guests.admit(eliteOf(0, 0.7, candidateOf(10)));
    expect(guests.size).toBe(1);
  });

  it('breed: parents are drawn from them, under their own class', () => {
    const { guests } = setUp(0.9, 0.1);
    const guest = eliteOf(0, 0.7, candidateOf(10));
    guests.admit(guest);
    const random = randomFrom(1);
    const drawn = Array.from({ length: 100 }, () => drawParent(guests, 'uniform', random));
    expect(drawn).toContain(guest);
    expect(drawn.every(({ classId }) => classId === 0)).toBe(true);
  });

  it('are at most one a cell, better than who they stand in for, and never touch the archive', () => {
    const confidence = fc.integer({ min: 1, max: 20 }).map((twentieths) => twentieths / 20);
    const migrant = fc.tuple(fc.nat(4), confidence, fc.nat(30));
    fc.assert(
      fc.property(
        fc.array(confidence, { minLength: 5, maxLength: 5 }),
        fc.array(migrant, { maxLength: 40 }),
        (cells, migrants) => {
          const { archive, guests } = setUp(...cells);
          const before = [...archive.elites()];
          for (const [classId, value, number] of migrants) {
            const elite = eliteOf(classId, value * (cells[classId] ?? 0), candidateOf(100 + number));
            guests.admit(elite);
          }
          expect([...archive.elites()]).toEqual(before);
          expect(guests.size).toBeLessThanOrEqual(5);
          before.forEach((host, i) => {
            const parent = guests.nthFilled(i);
            if (parent !== host) expect(parent.confidence).toBeGreaterThan(host.confidence);
          });
        },
      ),
    );
  });
});
