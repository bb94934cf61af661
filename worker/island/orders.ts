import type { IslandEvent } from '../../protocol/transport/transport.js';
import type { Migrants } from '../../protocol/wire/messages.js';

/** What the coordinator last told an island to do. */
export interface Orders {
  readonly stopping: boolean;
  readonly paused: boolean;
  readonly neighbours: readonly number[];
  /** Resolves when an order next arrives. */
  changed(): Promise<void>;
}

/**
 * Follows an island's inbox: commands change the orders, migrants are handed on.
 * The end of the inbox is an order to stop: nobody is left to evolve for.
 */
export function followOrders(
  inbox: AsyncIterable<IslandEvent>,
  neighbours: readonly number[],
  onMigrants: (migrants: Migrants) => void,
): Orders {
  const orders = { stopping: false, paused: false, neighbours };
  let waiting: (() => void)[] = [];

  function notify(): void {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }

  async function follow(): Promise<void> {
    for await (const event of inbox) {
      if (event.type === 'migrants') {
        onMigrants(event.migrants);
        continue;
      }
      switch (event.command.type) {
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
          orders.neighbours = event.command.islands;
          break;
      }
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
