import { Gauge, type Registry } from 'prom-client';
import { trace } from '../../protocol/base/trace.js';
import { addGauge, one } from './readings.js';

/** A broker as its coordinator sees it. */
export interface BrokerStatus {
  /** Whether it is reached now. */
  readonly online: boolean;
  /** Messages that the coordinator has not acknowledged yet; rejects while the broker does not answer. */
  pending(): Promise<number>;
}

/** How often the broker is asked, however often someone scrapes. */
const SAMPLE_MS = 5000;

/** Whether the broker is there, and how far the coordinator lags behind it. Asks it now and then, until it is stopped. */
export function addBrokerMetrics(registry: Registry, broker: BrokerStatus): { stop(): void } {
  addGauge(registry, { name: 'atoll_broker_connected', help: '1 while the broker is reached, else 0.' }, () =>
    one(broker.online ? 1 : 0),
  );
  const pending = new Gauge({
    name: 'atoll_broker_pending_messages',
    help: "Messages of the run's stream that the coordinator has not acknowledged, as of some seconds ago.",
    registers: [registry],
  });
  let asking = false;

  async function sample(): Promise<void> {
    if (asking || !broker.online) return;
    asking = true;
    try {
      pending.set(await broker.pending());
    } catch (error) {
      // The broker is away, or busy: the last figure stands until it answers.
      trace('asking the broker how many messages wait', error);
    } finally {
      asking = false;
    }
  }

  void sample();
  const timer = setInterval(() => void sample(), SAMPLE_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
