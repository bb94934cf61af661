import { COORDINATOR, type Page } from '../frame.js';
import { lines, stat } from '../panels.js';

/** What lies between islands and coordinator. */
export const BROKER: Page = {
  uid: 'atoll-broker',
  title: 'Atoll: broker',
  description: 'The NATS server: who is connected, what passes through, what waits on its disk.',
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Does the coordinator reach the broker? (1: yes)',
          description: '1 is good. At 0 islands keep what they find until it is back.',
          unit: 'none',
          width: 8,
          steps: [
            [null, 'red'],
            [1, 'green'],
          ],
          queries: [{ expr: `atoll_broker_connected{${COORDINATOR}}`, legend: 'connected' }],
        }),
        stat({
          title: 'Messages that wait for the coordinator',
          description: 'Below 100 is good. More than 1,000 and growing is an alert.',
          unit: 'none',
          width: 8,
          steps: [
            [null, 'green'],
            [100, 'orange'],
            [1000, 'red'],
          ],
          queries: [{ expr: `atoll_broker_pending_messages{${COORDINATOR}}`, legend: 'pending' }],
        }),
        stat({
          title: 'Connections',
          description: 'One an island, one of the coordinator, one of each command that is run.',
          unit: 'none',
          width: 8,
          queries: [{ expr: 'sum(gnatsd_varz_connections)', legend: 'connections' }],
        }),
      ],
    },
    {
      title: 'Traffic',
      panels: [
        lines({
          title: 'Messages a second',
          description:
            'Heartbeats and migrants make most of it; it grows with the square of the islands under `full`.',
          unit: 'short',
          width: 12,
          queries: [
            { expr: 'rate(gnatsd_varz_in_msgs[$__rate_interval])', legend: 'in' },
            { expr: 'rate(gnatsd_varz_out_msgs[$__rate_interval])', legend: 'out' },
          ],
        }),
        lines({
          title: 'Bytes a second',
          description: 'Far below what the network takes is good: 100 MB/s on a 1 Gbit/s line.',
          unit: 'Bps',
          width: 12,
          queries: [
            { expr: 'rate(gnatsd_varz_in_bytes[$__rate_interval])', legend: 'in' },
            { expr: 'rate(gnatsd_varz_out_bytes[$__rate_interval])', legend: 'out' },
          ],
        }),
      ],
    },
    {
      title: 'Saturation',
      panels: [
        lines({
          title: 'Bytes on the disk of each stream',
          description:
            'A run keeps at most 1 GiB of what is stored already. More means that the coordinator is behind.',
          unit: 'bytes',
          width: 6,
          queries: [{ expr: 'jetstream_stream_total_bytes', legend: '{{stream_name}}' }],
        }),
        lines({
          title: 'Messages not acknowledged',
          description:
            'Delivered to the coordinator and not stored yet. Below 1,000 is good: more are not in flight.',
          unit: 'none',
          width: 6,
          queries: [{ expr: 'jetstream_consumer_num_ack_pending', legend: '{{stream_name}}' }],
        }),
        lines({
          title: 'Slow consumers',
          description: '0 is good: the broker cuts off a client that does not take what it was sent.',
          unit: 'none',
          width: 6,
          queries: [{ expr: 'gnatsd_varz_slow_consumers', legend: 'slow consumers' }],
        }),
        lines({
          title: 'Memory of the broker (bytes)',
          description: 'Tens of megabytes, and some more for each hundred islands.',
          unit: 'bytes',
          width: 6,
          queries: [{ expr: 'gnatsd_varz_mem', legend: 'memory' }],
        }),
      ],
    },
  ],
};
