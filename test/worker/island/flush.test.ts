import { describe, expect, it } from 'vitest';
import { encodedSize } from '../../../protocol/transport/split.js';
import type { Find } from '../../../protocol/wire/messages.js';
import { composeFlush } from '../../../worker/island/flush.js';
import { createOutbox } from '../../../worker/island/outbox.js';
import { candidateOf, eliteOf } from './elites.js';

/** Ten direct images that win class 0 one after another, and between them one that also holds class 1. */
function pendingOfTen() {
  const outbox = createOutbox();
  for (let i = 0; i < 10; i++) {
    const candidate = candidateOf(i, 0, 'direct');
    outbox.add([eliteOf(0, (i + 1) / 16, candidate), ...(i === 4 ? [eliteOf(1, 0.5, candidate)] : [])]);
  }
  return outbox.take();
}

const claims = (finds: readonly Find[]) =>
  finds.flatMap((find) => find.classIds.map((classId) => `${find.evaluation} ${classId}`));
const isWhole = (find: Find) => 'genome' in find;

describe('a flush', () => {
  it('is one message where that may be of any size, in the order of winning', () => {
    const { messages, gap } = composeFlush(pendingOfTen(), Number.POSITIVE_INFINITY, 0);
    expect(messages.map(claims)).toEqual([
      ['1 0', '2 0', '3 0', '4 0', '5 0', '5 1', '6 0', '7 0', '8 0', '9 0', '10 0'],
    ]);
    expect(
      messages
        .flat()
        .filter(isWhole)
        .map(({ evaluation }) => evaluation),
    ).toEqual([5, 10]);
    expect(gap).toBeUndefined();
  });

  it('of several messages brings ancestors first, and every claim beside its heir', () => {
    const { messages, gap } = composeFlush(pendingOfTen(), 1000, 0);
    expect(messages.length).toBeGreaterThan(2);
    for (const finds of messages) {
      expect(finds.reduce((sum, find) => sum + encodedSize(find), 0)).toBeLessThanOrEqual(1000);
      const last = finds.at(-1);
      if (claims(finds).length > 0) expect(last && isWhole(last)).toBe(true);
    }
    expect(messages.flatMap(claims)).toEqual(claims(composeFlush(pendingOfTen(), 1e6, 0).messages.flat()));
    const first = messages.flat().slice(0, 8);
    expect(first.map(({ evaluation }) => evaluation)).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
    expect(claims(first)).toEqual([]);
    expect(gap).toBeUndefined();
  });

  it('gives up claims that do not fit beside their heir, the oldest first, and says so; their genomes are told of', () => {
    const { messages, gap } = composeFlush(pendingOfTen(), 600, 0);
    expect(gap).toEqual({ dropped: 4, fromEvaluation: 1, toEvaluation: 7 });
    expect(messages.flatMap(claims)).toEqual(['3 0', '4 0', '5 0', '5 1', '8 0', '9 0', '10 0']);
    expect(new Set(messages.flat().map(({ evaluation }) => evaluation)).size).toBe(10);
  });
});
