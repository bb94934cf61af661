import { expect, it } from 'vitest';
import { elitesOf } from '../../../protocol/archive/entries.js';
import { entryOf } from '../../coordinator/fixtures.js';

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
