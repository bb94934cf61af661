import type { Command } from '../../wire/messages.js';

/**
 * Commands travel without a receipt, so each is numbered, an island says with every heartbeat which ones it follows,
 * and what it missed (it was cut off, or had just joined) is said again. Only the last command of a kind counts.
 */

/** `running` covers pause, resume and stop: each overrules the others. */
export type OrderKind = 'running' | 'neighbours';

export interface Order {
  readonly number: number;
  readonly command: Command;
}

/** The numbers of the orders that an island follows, of the coordinator of an epoch. */
export interface Seen {
  /** When the coordinator took the run up, by the broker's clock: later ones overrule earlier ones. */
  readonly epoch: number;
  readonly running: number;
  readonly neighbours: number;
}

export const NOTHING_SEEN: Seen = { epoch: 0, running: 0, neighbours: 0 };

const KINDS: readonly OrderKind[] = ['running', 'neighbours'];

export const kindOf = (command: Command): OrderKind =>
  command.type === 'neighbours' ? 'neighbours' : 'running';

/** The coordinator's side. */
export interface StandingOrders {
  /** The number of the last order given. */
  readonly last: number;
  /** Numbers an order. */
  give(to: number | 'all', command: Command): Order;
  /** What stands for an island that it does not follow yet. */
  missed(island: number, seen: Seen): Order[];
}

export function createStandingOrders(epoch: number): StandingOrders {
  const standing = new Map<string, Order>();
  let last = 0;
  const key = (to: number | 'all', kind: OrderKind) => `${to} ${kind}`;
  return {
    get last() {
      return last;
    },
    give(to, command) {
      const order = { number: ++last, command };
      standing.set(key(to, kindOf(command)), order);
      return order;
    },
    missed(island, seen) {
      return KINDS.flatMap((kind) => {
        const orders = [standing.get(key(island, kind)), standing.get(key('all', kind))];
        const [latest] = orders.filter((order) => order !== undefined).sort((a, b) => b.number - a.number);
        const follows = seen.epoch === epoch ? seen[kind] : 0;
        return latest && latest.number > follows ? [latest] : [];
      });
    },
  };
}

/** The island's side: whether an order is news, and what is seen with it. Undefined when it is not to be followed. */
export function follow(seen: Seen, epoch: number, { number, command }: Order): Seen | undefined {
  if (epoch < seen.epoch) return undefined;
  const before = epoch === seen.epoch ? seen : { ...NOTHING_SEEN, epoch };
  const kind = kindOf(command);
  return number > before[kind] ? { ...before, [kind]: number } : undefined;
}

/** Whole numbers parted by spaces, as they stand in a header; undefined where there are not `count` of them. */
export function readNumbers(text: string, count: number): readonly number[] | undefined {
  const numbers = text.split(' ').map(Number);
  return numbers.length === count && numbers.every((n) => Number.isSafeInteger(n) && n >= 0)
    ? numbers
    : undefined;
}
