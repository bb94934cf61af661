import { describe, expect, it } from 'vitest';
import { createWelcomeParts } from '../../../../protocol/transport/nats/welcome-parts.js';
import { decodeMessage } from '../../../../protocol/wire/codec.js';
import type { Entry } from '../../../../protocol/wire/messages.js';
import { entryOf, welcomeOf } from './cluster.js';

const MAX_BYTES = 10_000;

/** Entries that know how often their bytes were made. */
function countedEntries(count: number): { entries: Entry[]; made: () => number } {
  let made = 0;
  const entries = Array.from({ length: count }, (_, classId) => {
    const entry = entryOf(4000, classId);
    return {
      ...entry,
      get genome() {
        made++;
        return entry.genome;
      },
    };
  });
  return { entries, made: () => made };
}

describe('a welcome larger than a message', () => {
  it('comes whole in its parts, in order, and is forgotten with the last of them', () => {
    const welcomes = createWelcomeParts();
    const { entries } = countedEntries(7);
    const { first, parts } = welcomes.keep('session', { ...welcomeOf(0), elites: entries }, MAX_BYTES);
    expect(decodeMessage(first)).toMatchObject({ type: 'welcome', elites: [] });
    const classes: number[] = [];
    for (let part = 1; part < parts; part++) {
      const found = welcomes.part('session', part);
      expect(found?.parts).toBe(parts);
      expect(found?.bytes.length).toBeLessThanOrEqual(MAX_BYTES);
      const message = decodeMessage(found?.bytes ?? new Uint8Array());
      if (message.type === 'welcome') classes.push(...message.elites.flatMap(({ classIds }) => classIds));
    }
    expect(classes).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(welcomes.part('session', 1)).toBeUndefined();
  });

  it('is not made of bytes before they are asked for', () => {
    const welcomes = createWelcomeParts();
    const { entries, made } = countedEntries(6);
    welcomes.keep('session', { ...welcomeOf(0), elites: entries }, MAX_BYTES);
    const before = made();
    welcomes.part('session', 2);
    expect(made() - before).toBe(2);
  });
});
