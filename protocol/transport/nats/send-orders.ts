import { headers } from 'nats';
import { encodeMessage } from '../../wire/codec.js';
import type { Audit, Command } from '../../wire/messages.js';
import type { Broker } from './broker.js';
import { createStandingOrders, NOTHING_SEEN, type Order, readNumbers } from './standing-orders.js';
import { ORDER, type Subjects } from './subjects.js';

/** Publishes what a coordinator says to islands. While the broker is away nothing is sent: what stands is sent later. */
export interface OrderSender {
  give(to: number | 'all', command: Command): void;
  /** Sends the commands again that an island does not follow; `seen`: the header of its heartbeat. */
  sendMissed(island: number, seen: string): void;
  audit(to: number, audit: Audit): void;
  /** The coordinator's epoch and the number of the last order, as a header has them. */
  readonly last: string;
}

export function sendOrders(parts: {
  readonly broker: Broker;
  readonly subjects: Subjects;
  /** When the coordinator took the run up, by the broker's clock. */
  readonly epoch: number;
  /** Whether another coordinator has the run now. */
  readonly silent: () => boolean;
}): OrderSender {
  const { broker, subjects, epoch, silent } = parts;
  const { nc } = broker;
  const orders = createStandingOrders(epoch);
  const mayPublish = () => !silent() && !nc.isClosed() && broker.online;

  function publish(to: number | 'all', { number, command }: Order): void {
    if (!mayPublish()) return;
    const header = headers();
    header.set(ORDER, `${epoch} ${number}`);
    nc.publish(subjects.command(to), encodeMessage({ type: 'command', command }), { headers: header });
  }

  return {
    give: (to, command) => publish(to, orders.give(to, command)),
    sendMissed(island, text) {
      const numbers = readNumbers(text, 3);
      const [seenEpoch = 0, running = 0, neighbours = 0] = numbers ?? [];
      const seen = numbers ? { epoch: seenEpoch, running, neighbours } : NOTHING_SEEN;
      for (const order of orders.missed(island, seen)) publish(island, order);
    },
    audit(to, audit) {
      if (mayPublish()) nc.publish(subjects.command(to), encodeMessage({ type: 'audit', ...audit }));
    },
    get last() {
      return `${epoch} ${orders.last}`;
    },
  };
}
