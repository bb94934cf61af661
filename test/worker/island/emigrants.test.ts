import { describe, expect, it } from 'vitest';
import { createArchive } from '../../../protocol/archive/archive.js';
import type { Elite } from '../../../protocol/archive/elite.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { fullMigrationSchema, type MigrationSpec } from '../../../protocol/spec/migration-spec.js';
import { createEmigrants, type Emigrants } from '../../../worker/island/emigrants.js';
import { candidateOf, eliteOf } from './elites.js';

const CLASSES = 8;

function setUp(migration: Partial<MigrationSpec> = {}, sendingBytes?: number) {
  const archive = createArchive(CLASSES);
  const emigrants = createEmigrants({
    archive,
    migration: fullMigrationSchema.parse({ topology: 'full', interval: 1, ...migration }),
    random: randomFrom(1),
    ...(sendingBytes !== undefined && { sendingBytes }),
  });
  /** They win their cells, in this order. */
  const win = (...elites: readonly Elite[]) => {
    for (const elite of elites) expect(archive.merge(elite).status).not.toBe('not-added');
    emigrants.add(elites);
  };
  return { archive, emigrants, win };
}

/** The classes of the next sending, and to whom it goes; it is sent. */
function send(emigrants: Emigrants, neighbours: readonly number[]) {
  const sending = emigrants.next(neighbours);
  if (sending) emigrants.sent(sending);
  return sending && { to: sending.destinations, classes: sending.elites.map(({ classId }) => classId) };
}

const confidences = [0.5, 0.1, 0.9, 0.3];
const four = confidences.map((confidence, classId) => eliteOf(classId, confidence));

describe('emigrants', () => {
  it.each([
    ['newest', [[3, 2], [1, 0], undefined]],
    ['best', [[2, 0], [3, 1], undefined]],
  ] as const)(
    'the %s go first, as many at a time as the rate says; the others wait',
    (selection, expected) => {
      const { emigrants, win } = setUp({ selection, rate: 2 });
      win(...four);
      expect(expected.map(() => send(emigrants, [1, 2])?.classes)).toEqual(expected);
    },
  );

  it('random ones are drawn evenly, each once', () => {
    const first = new Array<number>(4).fill(0);
    const { emigrants, win } = setUp({ selection: 'random', rate: 1 });
    for (let round = 1; round <= 400; round++) {
      win(...four.map(({ classId }) => eliteOf(classId, round / 1000, candidateOf(classId))));
      const classes = [0, 1, 2, 3].flatMap(() => send(emigrants, [1])?.classes ?? []);
      expect(classes.toSorted()).toEqual([0, 1, 2, 3]);
      const chosen = classes[0] ?? 0;
      first[chosen] = (first[chosen] ?? 0) + 1;
    }
    for (const count of first) expect(Math.abs(count - 100)).toBeLessThan(5 * 8.7);
  });

  it('a rate in per cent is of the cells that the island has filled', () => {
    const { emigrants, win } = setUp({ rate: '30%' });
    win(...four);
    expect(send(emigrants, [1])?.classes).toHaveLength(2);
  });

  it('are those that hold a cell still: whoever was superseded is dropped', () => {
    const { archive, emigrants, win } = setUp();
    win(...four);
    const [own, foreign] = [eliteOf(1, 0.2, candidateOf(10)), eliteOf(2, 0.95, candidateOf(11))];
    win(own);
    archive.merge(foreign);
    expect(emigrants.next([1])?.elites).toEqual([own, four[3], four[0]]);
  });

  it('wait while there is nobody to go to, and go when there is', () => {
    const { emigrants, win } = setUp();
    win(...four);
    expect(emigrants.next([])).toBeUndefined();
    expect(send(emigrants, [5])?.classes).toHaveLength(4);
  });

  it('that could not be sent wait', () => {
    const { emigrants, win } = setUp();
    win(...four);
    emigrants.next([1]);
    expect(send(emigrants, [1])?.classes).toHaveLength(4);
    expect(emigrants.next([1])).toBeUndefined();
  });

  it('broadcast, go to everyone at once; who becomes a neighbour later gets what is won later', () => {
    const { emigrants, win } = setUp();
    win(...four);
    expect(send(emigrants, [1, 2])?.to).toEqual([1, 2]);
    expect(emigrants.next([1, 2, 3])).toBeUndefined();
    win(eliteOf(5, 0.5));
    expect(send(emigrants, [1, 2, 3])).toEqual({ to: [1, 2, 3], classes: [5] });
  });

  it('p2p, go to one neighbour at a time, to each in the end, and never to one twice', () => {
    const { emigrants, win } = setUp({ type: 'p2p', rate: 3 });
    win(...four);
    const sendings = Array.from({ length: 7 }, () => send(emigrants, [3, 5, 8]));
    expect(sendings.at(-1)).toBeUndefined();
    const pairs = sendings.flatMap((sending) => sending?.classes.map((c) => `${sending.to} ${c}`) ?? []);
    expect(pairs.toSorted()).toEqual(
      [3, 5, 8].flatMap((to) => [0, 1, 2, 3].map((classId) => `${to} ${classId}`)),
    );
    expect(sendings.slice(0, 3).map((sending) => sending?.to[0])).not.toEqual([3, 3, 5]);
  });

  it('p2p, do not wait for neighbours that have gone', () => {
    const { emigrants, win } = setUp({ type: 'p2p' });
    win(...four);
    const to = send(emigrants, [1, 2])?.to ?? [];
    expect(emigrants.next(to)).toBeUndefined();
    expect(emigrants.next([1, 2])).toBeUndefined();
  });

  it('are no more at a time than a message should hold, but always one, however large', () => {
    const large = [0, 1, 2].map((classId) => eliteOf(classId, 0.5, candidateOf(classId, 0, 'direct')));
    const bytes = large[0]?.candidate.bytes.length ?? 0;
    for (const [limit, expected] of [
      [1, [1, 1, 1]],
      [bytes, [1, 1, 1]],
      [bytes + 1, [2, 1]],
      [3 * bytes, [3]],
    ] as const) {
      const { emigrants, win } = setUp({}, limit);
      win(...large);
      expect(expected.map(() => send(emigrants, [1])?.classes.length)).toEqual(expected);
      expect(emigrants.next([1])).toBeUndefined();
    }
    const { emigrants, win } = setUp({}, 1);
    // One genome in many cells travels once.
    win(
      ...[0, 1, 2]
        .map((classId) => eliteOf(classId, 0.5, candidateOf(7)))
        .map((elite, _, [first]) => ({
          ...elite,
          candidate: first?.candidate ?? elite.candidate,
        })),
    );
    expect(send(emigrants, [1])?.classes).toHaveLength(3);
  });
});
