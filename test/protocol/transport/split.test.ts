import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arrivalsSize, encodedSize, splitEntries } from '../../../protocol/transport/split.js';
import { encodeMessage } from '../../../protocol/wire/codec.js';
import type { Arrival, Entry } from '../../../protocol/wire/messages.js';

const large = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const entry: fc.Arbitrary<Entry> = fc
  .record({
    genome: fc.uint8Array({ minLength: 1, maxLength: 400 }),
    pairs: fc.array(fc.tuple(large, fc.float({ noNaN: true })), { minLength: 1, maxLength: 40 }),
    evaluation: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    island: large,
    parentClass: large,
  })
  .map(({ genome, pairs, evaluation, island, parentClass }) => ({
    genome,
    classIds: pairs.map(([classId]) => classId),
    confidences: pairs.map(([, confidence]) => confidence),
    parent: { digest: 'ff'.repeat(32), classId: parentClass },
    evaluation,
    island,
  }));

it('no message is larger than asked, nothing is lost, and the order stays', () => {
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 30 }),
      fc.integer({ min: 1000, max: 3000 }),
      (entries, maxBytes) => {
        const groups = splitEntries(entries, maxBytes);
        expect(groups.flat()).toEqual(entries);
        for (const group of groups) {
          const bytes = encodeMessage({ type: 'migrants', island: 0, destinations: [], entries: group });
          // The envelope: its version, and two tags with their lengths.
          expect(bytes.length).toBeLessThanOrEqual(maxBytes + 16);
        }
      },
    ),
  );
});

it('what travels with the last message fits into it', () => {
  const arrival: fc.Arbitrary<Arrival> = fc.record({ source: large, moved: large, won: large });
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 2, maxLength: 4 }),
      fc.array(arrival, { maxLength: 60, size: 'max' }),
      (entries, arrivals) => {
        // Up to the brim without what travels with them.
        const full = entries.reduce((sum, one) => sum + encodedSize(one), 0);
        const maxBytes = Math.max(full, arrivalsSize(arrivals));
        const groups = splitEntries(entries, maxBytes, arrivalsSize(arrivals));
        expect(groups.flat()).toEqual(entries);
        const last = { island: 0, sequence: 0, entries: groups.at(-1) ?? [], arrivals };
        const bytes = encodeMessage({ type: 'improvements', ...last });
        expect(bytes.length).toBeLessThanOrEqual(maxBytes + 16);
      },
    ),
  );
});

it('an entry is never larger than its size says', () => {
  fc.assert(
    fc.property(entry, (one) => {
      const message = (entries: Entry[]) =>
        encodeMessage({ type: 'migrants', island: 0, destinations: [], entries }).length;
      expect(message([one]) - message([])).toBeLessThanOrEqual(encodedSize(one) + 4);
    }),
  );
});

it('one that fits nowhere is refused in a sentence', () => {
  const [one] = fc.sample(entry, 1);
  expect(() => splitEntries(one ? [{ ...one, genome: new Uint8Array(5000) }] : [], 4096)).toThrow(
    /max_payload/,
  );
});
