import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { decodeMessage, encodeMessage } from '../../protocol/wire/codec.js';
import { checkpointAt, entryOf } from '../coordinator/fixtures.js';
import { corrupted } from './corrupt.js';
import { type FaultKind, writeScript } from './script.js';

const OPTIONS = { workers: 3, quick: false, canFill: true };

describe('a script of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(writeScript(7, 40, OPTIONS)).toEqual(writeScript(7, 40, OPTIONS));
    expect(writeScript(8, 40, OPTIONS)).not.toEqual(writeScript(7, 40, OPTIONS));
  });

  it('has every kind in twenty, and hits every member', () => {
    const kinds: readonly FaultKind[] = [
      ...(['kill', 'freeze', 'cut', 'hole', 'slow', 'echo', 'garbage'] as const),
      ...(['full-disk', 'rival', 'usurper'] as const),
    ];
    for (let seed = 0; seed < 20; seed++) {
      const found = new Set(writeScript(seed, 20, OPTIONS).map(({ fault }) => fault.kind));
      expect([...found].toSorted()).toEqual(kinds.toSorted());
    }
    const faults = writeScript(1, 200, OPTIONS).map(({ fault }) => fault);
    const hit = new Set(faults.flatMap((fault) => ('who' in fault ? [fault.who] : [])));
    expect(hit).toEqual(new Set([0, 1, 2, 'coordinator', 'broker']));
  });

  it('is over soon when it is to be quick', () => {
    const steps = writeScript(1, 200, { ...OPTIONS, quick: true, canFill: false });
    const longest = Math.max(...steps.map(({ fault }) => ('lasts' in fault ? fault.lasts : 0)));
    expect(longest).toBeLessThan(4000);
    expect(steps.every(({ fault }) => !['usurper', 'full-disk'].includes(fault.kind))).toBe(true);
  });
});

describe('a corrupted message', () => {
  it('is never another message that is well formed', () => {
    const random = randomFrom(1, 'corruption');
    const entries = [entryOf(1, [0], 0.5), entryOf(2, [1, 2], 0.25)];
    const said = {
      type: 'improvements',
      island: 0,
      sequence: 1,
      entries,
      checkpoint: checkpointAt(5),
    } as const;
    const original = Buffer.from(encodeMessage(said));
    const same = { island: 0, entries: entries.map(({ confidences }) => ({ confidences })) };
    let refused = 0;
    for (let i = 0; i < 500; i++) {
      const says = readOr(corrupted(original, random));
      if (says === undefined) refused++;
      else expect(says).toMatchObject(same);
    }
    expect(refused).toBeGreaterThan(250);
  });
});

function readOr(bytes: Buffer) {
  try {
    return decodeMessage(bytes);
  } catch {
    return undefined;
  }
}
