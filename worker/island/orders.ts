import type { IslandEvent } from '../../protocol/transport/transport.js';
import type { Audit, Command, Migrants, Welcome } from '../../protocol/wire/messages.js';

/** What the coordinator last told an island to do. */
export interface Orders {
  readonly stopping: boolean;
  readonly paused: boolean;
  readonly neighbours: readonly number[];
  /** Islands whose migrants are not to be taken. */
  readonly suspects: readonly number[];
  /** Resolves when an order or an audit next arrives. */
  changed(): Promise<void>;
}

/**
 * Follows an island's inbox: commands change the orders; migrants and audits are handed on.
 * The end of the inbox is an order to stop: the coordinator is gone.
 */
export function followOrders(
  inbox: AsyncIterable<IslandEvent>,
  told: Pick<Welcome, 'neighbours' | 'suspects'>,
  on: {
    readonly migrants: (migrants: Migrants) => void;
    readonly audit: (audit: Audit) => void;
  },
): Orders {
  const { neighbours, suspects } = told;
  const orders = { stopping: false, paused: false, neighbours, suspects };
  let waiting: (() => void)[] = [];

  function notify(): void {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }

  function obey(command: Command): void {
    switch (command.type) {
      case 'pause':
        orders.paused = true;
        break;
      case 'resume':
        orders.paused = false;
        break;
      case 'stop':
        orders.stopping = true;
        break;
      case 'neighbours':
        orders.neighbours = command.islands;
        orders.suspects = command.suspects;
        break;
    }
  }

  async function follow(): Promise<void> {
    for await (const event of inbox) {
      if (event.type === 'migrants') {
        if (!orders.suspects.includes(event.migrants.island)) on.migrants(event.migrants);
        continue;
      }
      if (event.type === 'audit') on.audit(event.audit);
      else obey(event.command);
      notify();
    }
    orders.stopping = true;
    notify();
  }

  void follow();
  return Object.assign(orders, {
    changed: () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
      }),
  });
}
