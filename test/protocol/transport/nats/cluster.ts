import { connect, headers, type NatsConnection } from 'nats';
import {
  type CoordinatorLinkOptions,
  connectCoordinator,
  type NatsCoordinatorLink,
} from '../../../../protocol/transport/nats/coordinator-link.js';
import { connectIsland } from '../../../../protocol/transport/nats/island-link.js';
import type { CoordinatorEvent, IslandEvent, IslandLink } from '../../../../protocol/transport/transport.js';
import type { Checkpoint, Entry, Welcome } from '../../../../protocol/wire/messages.js';
import { NO_TOTALS } from '../../../../protocol/wire/totals.js';
import { startNatsServer, type TestServer, type TestServerOptions } from '../../../nats-server.js';

/** A run on a broker of its own; whatever is opened is closed with it. */
export interface TestCluster extends AsyncDisposable {
  readonly server: TestServer;
  readonly run: string;
  coordinate(options?: Partial<CoordinatorLinkOptions>): Promise<Listener>;
  island(): Promise<IslandLink>;
  /** A client that speaks the broker's language, not Atoll's. */
  stranger(): Promise<NatsConnection>;
}

/** A coordinator that welcomes everyone and remembers what it hears. */
export interface Listener {
  readonly link: NatsCoordinatorLink;
  readonly events: CoordinatorEvent[];
  /** Sequences of the improvements that it heard, and what to say when they are committed. */
  readonly heard: { readonly island: number; readonly sequence: number; readonly ack: () => void }[];
  readonly rejected: string[];
  /** Resolves when the inbox ends, to what it threw. */
  readonly ended: Promise<unknown>;
}

let runs = 0;

export async function startCluster(
  options: TestServerOptions = {},
  welcome: (island: number) => Welcome = welcomeOf,
): Promise<TestCluster> {
  const server = await startNatsServer(options);
  const run = `faults-${process.pid}-${runs++}`;
  const place = { servers: [server.url], run };
  const closers: (() => Promise<unknown>)[] = [];
  return {
    server,
    run,
    async coordinate(more = {}) {
      const link = await connectCoordinator({ ...place, ...more });
      closers.push(link.close);
      return listen(link, welcome);
    },
    async island() {
      const link = await connectIsland(place);
      closers.push(link.close);
      return link;
    },
    async stranger() {
      const nc = await connect({ servers: server.url });
      closers.push(() => nc.close());
      return nc;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(closers.map((close) => close()));
      await server.stop();
    },
  };
}

function listen(link: NatsCoordinatorLink, welcome: (island: number) => Welcome): Listener {
  const events: CoordinatorEvent[] = [];
  const heard: Listener['heard'] = [];
  const rejected: string[] = [];
  let islands = 0;
  async function follow(): Promise<unknown> {
    try {
      for await (const event of link.inbox) {
        events.push(event);
        if (event.type === 'join') event.welcome(welcome(islands++));
        if (event.type === 'rejected') rejected.push(event.reason);
        if (event.type === 'improvements') heard.push({ ...event.improvements, ack: event.ack });
      }
      return undefined;
    } catch (error) {
      return error;
    }
  }
  return { link, events, heard, rejected, ended: follow() };
}

/** What arrives at an island, as it arrives. */
export function eventsOf(link: IslandLink): IslandEvent[] {
  const events: IslandEvent[] = [];
  void (async () => {
    for await (const event of link.inbox) events.push(event);
  })();
  return events;
}

export const CHECKPOINT: Checkpoint = { totals: NO_TOTALS, random: new Uint8Array(16).fill(7) };

export function entryOf(bytes: number, classId = 0): Entry {
  return {
    genome: Buffer.alloc(bytes, classId + 1),
    classIds: [classId],
    confidences: [0.5],
    evaluation: 1,
    island: 0,
  };
}

export function welcomeOf(island: number): Welcome {
  return {
    island,
    spec: '{}',
    modelDigest: 'd',
    model: { type: 'directory', path: '/m' },
    evaluationQuota: 0,
    costQuota: 0,
    neighbours: [],
    elites: [],
    suspects: [],
  };
}

export function headerOf(name: string, value: string) {
  const header = headers();
  header.set(name, value);
  return header;
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(10);
}
