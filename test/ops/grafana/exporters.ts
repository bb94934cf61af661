import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** Exporters that cannot be had where the tests run, on a port each: their names and labels, as their sources have them. */
export interface Exporter extends AsyncDisposable {
  readonly port: number;
}

/** NVIDIA's DCGM exporter: an exposition of two cards, made by hand. */
export function startGpuExporter(): Promise<Exporter> {
  const recorded = readFileSync(new URL('dcgm.prom', import.meta.url), 'utf8');
  return expose(async () => recorded);
}

interface Varz {
  readonly server_id: string;
  readonly [figure: string]: number | string;
}

interface Jsz {
  readonly account_details?: readonly {
    readonly name: string;
    readonly stream_detail?: readonly {
      readonly name: string;
      readonly state: { readonly bytes: number; readonly messages: number };
      readonly consumer_detail?: readonly { readonly name: string; readonly num_ack_pending: number }[];
    }[];
  }[];
}

/** What prometheus-nats-exporter shows with -varz and -jsz=all of what dashboards ask for, from a real server's pages. */
export function startNatsExporter(monitoring: string): Promise<Exporter> {
  const get = async <T>(path: string) => (await (await fetch(`${monitoring}${path}`)).json()) as T;
  return expose(async () => {
    const varz = await get<Varz>('/varz');
    const { account_details: accounts = [] } = await get<Jsz>('/jsz?consumers=true&config=true');
    const server = `server_id="${varz.server_id}"`;
    const figures = ['connections', 'in_msgs', 'out_msgs', 'in_bytes', 'out_bytes', 'slow_consumers', 'mem'];
    const lines = figures.map((name) => `gnatsd_varz_${name}{${server}} ${varz[name]}`);
    for (const account of accounts) {
      for (const stream of account.stream_detail ?? []) {
        const labels = `${server},account="${account.name}",stream_name="${stream.name}"`;
        lines.push(`jetstream_stream_total_bytes{${labels}} ${stream.state.bytes}`);
        for (const { name, num_ack_pending: pending } of stream.consumer_detail ?? []) {
          lines.push(`jetstream_consumer_num_ack_pending{${labels},consumer_name="${name}"} ${pending}`);
        }
      }
    }
    return `${lines.join('\n')}\n`;
  });
}

async function expose(read: () => Promise<string>): Promise<Exporter> {
  const server = createServer((_, response) => {
    read().then(
      (text) => response.end(text),
      () => response.writeHead(503).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
