import { expect, it } from 'vitest';
import { encodeMessage, encodeMessageIn } from '../../../protocol/wire/codec.js';
import { createMessageMemory } from '../../../protocol/wire/message-memory.js';
import type { Message } from '../../../protocol/wire/messages.js';

const bringing = (bytes: number, classes = 2): Message => ({
  type: 'improvements',
  island: 1,
  sequence: 7,
  entries: [
    {
      genome: new Uint8Array(bytes).fill(5),
      classIds: Array.from({ length: classes }, (_, i) => i),
      confidences: new Array<number>(classes).fill(0.5),
      evaluation: 3,
      island: 1,
    },
  ],
});

it('a message is the same wherever it is written, and the next of its size lies in the same memory', () => {
  const memory = createMessageMemory();
  const first = encodeMessageIn(memory, bringing(100_000));
  expect(Buffer.compare(first, encodeMessage(bringing(100_000)))).toBe(0);
  memory.giveBack(first);
  const second = encodeMessageIn(memory, bringing(110_000, 50));
  expect(second.buffer).toBe(first.buffer);
  expect(Buffer.compare(second, encodeMessage(bringing(110_000, 50)))).toBe(0);
});

it('never writes over a message that has not left', () => {
  const memory = createMessageMemory();
  const first = encodeMessageIn(memory, bringing(1000));
  const second = encodeMessageIn(memory, bringing(1000));
  expect(second.buffer).not.toBe(first.buffer);
  memory.giveBack(first);
  expect(memory.take(10).buffer).not.toBe(first.buffer);
});

it('never uses memory that is not its own: a message that took more than expected lies in a pool of others', () => {
  const memory = createMessageMemory();
  memory.take(10);
  const elsewhere = Buffer.from('a pooled buffer');
  memory.giveBack(elsewhere);
  expect(memory.take(10).buffer).not.toBe(elsewhere.buffer);
});

it('keeps no memory of a message beyond any usual size', () => {
  const memory = createMessageMemory();
  const huge = memory.take(16 * 1024 * 1024);
  memory.giveBack(huge);
  expect(memory.take(10).buffer).not.toBe(huge.buffer);
});
