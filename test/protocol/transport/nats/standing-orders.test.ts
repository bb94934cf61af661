import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  createStandingOrders,
  follow,
  kindOf,
  NOTHING_SEEN,
  readNumbers,
  type Seen,
} from '../../../../protocol/transport/nats/standing-orders.js';
import type { Command } from '../../../../protocol/wire/messages.js';

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.constantFrom<Command>({ type: 'pause' }, { type: 'resume' }, { type: 'stop' }),
  fc
    .array(fc.nat(9), { maxLength: 2 })
    .map((islands): Command => ({ type: 'neighbours', suspects: [], islands })),
);

it('whatever gets lost, doubled or reordered, a heartbeat later an island follows the last order of each kind', () => {
  const given = fc.record({
    to: fc.oneof(fc.constant('all' as const), fc.nat(2)),
    command,
    deliveries: fc.array(fc.nat(20), { maxLength: 2 }),
  });
  fc.assert(
    fc.property(fc.array(given, { maxLength: 20 }), (commands) => {
      const orders = createStandingOrders(5);
      let seen: Seen = { ...NOTHING_SEEN, epoch: 5 };
      const state = new Map<string, Command>();
      const obey = (epoch: number, order: { number: number; command: Command }) => {
        const next = follow(seen, epoch, order);
        if (next === undefined) return;
        seen = next;
        state.set(kindOf(order.command), order.command);
      };
      const arriving: { at: number; order: { number: number; command: Command } }[] = [];
      const expected = new Map<string, Command>();
      commands.forEach(({ to, command, deliveries }, now) => {
        const order = orders.give(to, command);
        if (to === 'all' || to === 1) {
          expected.set(kindOf(command), command);
          for (const late of deliveries) arriving.push({ at: now + late, order });
        }
        for (const { order: due } of arriving.filter(({ at }) => at === now)) obey(5, due);
      });
      for (const order of orders.missed(1, seen)) obey(5, order);
      // What is still on its way changes nothing any more, nor does an earlier coordinator.
      for (const { order } of arriving) obey(5, order);
      obey(4, { number: 1000, command: { type: 'stop' } });
      expect(state).toEqual(expected);
      expect(orders.missed(1, seen)).toEqual([]);
    }),
  );
});

it('a later coordinator is followed from its first order on', () => {
  const seen = follow(NOTHING_SEEN, 5, { number: 9, command: { type: 'pause' } });
  expect(seen).toEqual({ epoch: 5, running: 9, neighbours: 0 });
  const later = createStandingOrders(6);
  later.give('all', { type: 'resume' });
  expect(later.missed(1, seen ?? NOTHING_SEEN)).toEqual([{ number: 1, command: { type: 'resume' } }]);
  expect(follow(seen ?? NOTHING_SEEN, 6, { number: 1, command: { type: 'resume' } })).toEqual({
    epoch: 6,
    running: 1,
    neighbours: 0,
  });
});

it('numbers in headers are read strictly', () => {
  expect(readNumbers('1 2', 2)).toEqual([1, 2]);
  for (const text of ['', '1', '1 2 3', '1 x', '1 -2', '1 2.5', '1 1e30']) {
    expect(readNumbers(text, 2)).toBeUndefined();
  }
});
