import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../../coordinator/islands/registry.js';
import { NO_TOTALS } from '../../../protocol/wire/totals.js';
import { checkpointAt } from '../fixtures.js';

const start = (islands = 2) =>
  createRegistry({ islands, silenceMilliseconds: 10_000, joiningMilliseconds: 60_000 });
const at = (evaluations: number) => ({ totals: { ...NO_TOTALS, evaluations }, device: 'cpu' });

describe('the registry', () => {
  it('numbers islands in the order of joining, and gives a name its number again', () => {
    const registry = start();
    expect(registry.join('a', 0)).toEqual({ island: 0, joined: 'founded' });
    expect(registry.join('b', 0)).toEqual({ island: 1, joined: 'founded' });
    expect(registry.join('a', 0)).toEqual({ island: 0, joined: 'back' });
    expect(registry.join('c', 0)).toBeUndefined();
  });

  it('gives the island of a lost worker to a new one, and that of a finished one to nobody', () => {
    const registry = start();
    registry.join('a', 0);
    registry.join('b', 0);
    registry.leave({ island: 0, ending: 'done', error: '', totals: NO_TOTALS });
    expect(registry.join('c', 0)).toBeUndefined();
    expect(registry.lose('b')).toBe(1);
    expect(registry.join('c', 0)).toEqual({ island: 1, joined: 'taken-over' });
    expect(registry.join('b', 0)).toBeUndefined();
  });

  it('loses a live island after ten seconds of silence, and a joining one after a minute', () => {
    const registry = start();
    registry.join('a', 0);
    registry.join('b', 0);
    expect(registry.hear(0, 1000, at(1))).toBe('live');
    expect(registry.hear(0, 2000, at(2))).toBeUndefined();
    expect(registry.all().map(({ heardAt }) => heardAt)).toEqual([2000, 0]);
    expect(registry.sweep(12_000)).toEqual([]);
    expect(registry.sweep(12_001)).toEqual([0]);
    expect(registry.sweep(12_002)).toEqual([]);
    expect(registry.members()).toEqual([1]);
    expect(registry.hear(0, 13_000)).toBe('live');
    expect(registry.members()).toEqual([0, 1]);
    expect(registry.sweep(60_001)).toEqual([0, 1]);
  });

  it('adds up the most that each island has reported, in any order', () => {
    const registry = start();
    registry.join('a', 0);
    registry.join('b', 0);
    for (const evaluations of [5, 9, 7]) registry.hear(0, 0, at(evaluations));
    registry.hear(1, 0, at(100));
    registry.hear(55, 0, at(1000));
    expect(registry.totals().evaluations).toBe(109);
    registry.keep(0, checkpointAt(20));
    registry.keep(0, checkpointAt(15));
    expect(registry.totals().evaluations).toBe(120);
    expect(registry.accounted).toBe(20);
    expect(registry.get(0)?.checkpoint).toEqual(checkpointAt(20));
  });

  it('lets nothing that was overtaken by the farewell revive an island', () => {
    const registry = start();
    registry.join('a', 0);
    registry.leave({ island: 0, ending: 'unfit', error: 'no device', totals: NO_TOTALS });
    expect(registry.hear(0, 1, at(3))).toBeUndefined();
    expect(registry.get(0)).toMatchObject({ state: 'failed', error: 'no device' });
    expect(registry.join('a', 2)).toEqual({ island: 0, joined: 'back' });
    expect(registry.get(0)).toMatchObject({ state: 'joining', error: '' });
  });

  it('takes islands of an earlier life for lost until they speak', () => {
    const registry = start();
    const record = { number: 0, worker: 'a', state: 'live', device: 'cpu' } as const;
    registry.restore([{ ...record, checkpoint: checkpointAt(7) }], new Set());
    expect(registry.members()).toEqual([]);
    expect(registry.totals().evaluations).toBe(7);
    expect(registry.hear(0, 5)).toBe('live');
  });

  it('counts as if it looked at every island, after any events', () => {
    const island = fc.nat(4);
    const happening = fc.oneof(
      fc.record({ type: fc.constant('join'), island, by: fc.nat(9) }),
      fc.record({
        type: fc.constantFrom('hear', 'keep', 'leave', 'fail', 'lose', 'sweep'),
        island,
        by: fc.nat(9),
      }),
    );
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const registry = start(4);
        registry.restore(
          [{ number: 2, worker: 'old', state: 'live', device: '', checkpoint: checkpointAt(3) }],
          new Set(),
        );
        let now = 0;
        for (const { type, island: number, by } of happenings) {
          now += by * 1000;
          const farewell = { island: number, totals: NO_TOTALS };
          if (type === 'join') registry.join(`w${by}`, now);
          if (type === 'hear') registry.hear(number, now, at(by));
          if (type === 'keep') registry.keep(number, checkpointAt(by + 1));
          if (type === 'leave') registry.leave({ ...farewell, ending: 'done', error: '' });
          if (type === 'fail')
            registry.leave({ ...farewell, ending: by % 2 === 0 ? 'failed' : 'unfit', error: 'no' });
          if (type === 'lose') registry.lose(`w${by}`);
          if (type === 'sweep') registry.sweep(now);
          const all = registry.all();
          for (const state of ['joining', 'live', 'lost', 'done', 'failed'] as const) {
            expect(registry.count(state)).toBe(all.filter((each) => each.state === state).length);
          }
          expect(registry.count('joining', 'live')).toBe(registry.members().length);
          expect(registry.accounted).toBe(
            all.reduce((sum, { checkpoint }) => sum + (checkpoint?.totals.evaluations ?? 0), 0),
          );
        }
      }),
    );
  });
});
