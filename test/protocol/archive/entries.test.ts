import { expect, it } from 'vitest';
import { elitesOf, entriesOf } from '../../../protocol/archive/entries.js';
import { entryOf } from '../../coordinator/fixtures.js';

it('an elite is the same after it has travelled, with the forward passes of its island where they were told', () => {
  for (const entry of [entryOf(1, [0, 2], 0.5), { ...entryOf(1, [0, 2], 0.5), cost: 70 }]) {
    expect(entriesOf(elitesOf(entry)).map(({ genome, ...found }) => ({ ...found, genome }))).toEqual([entry]);
  }
});

it('the bytes of an elite may be kept without the message that they came in', () => {
  const entry = entryOf(1, [0, 2], 0.5);
  // As a reader of messages gives them: a view, of whichever kind.
  const message = Buffer.alloc(1 << 20);
  message.set(entry.genome);
  const [elite, other] = elitesOf({ ...entry, genome: message.subarray(0, entry.genome.length) });
  expect(elite?.candidate.bytes).toEqual(entry.genome);
  expect(elite?.candidate.bytes.buffer.byteLength).toBe(entry.genome.length);
  expect(other?.candidate).toBe(elite?.candidate);
});
