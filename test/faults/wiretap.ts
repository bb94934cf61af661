import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { createFrameReader, type Frame } from './frames.js';

/** What went past. */
export type Overheard =
  /** A client published it. */
  | ({ readonly type: 'published' } & Published)
  /** The broker said that it has stored what a client published. */
  | ({ readonly type: 'stored'; readonly sequence: number } & Published);

export interface Published {
  readonly subject: string;
  readonly header: string;
  readonly payload: Buffer;
}

/** A line to the broker, of a test's own: it listens in, and it can break. */
export interface Wiretap {
  readonly url: string;
  /** Whether anyone is on it. */
  readonly busy: boolean;
  /** Breaks all connections, and refuses new ones. */
  cut(): void;
  /** Nothing gets through any more, and nobody is told. */
  hole(): void;
  /** A line of so many bytes a second in each direction. */
  slow(bytesPerSecond: number): void;
  /** As if nothing had been. What was held back goes through, where its connection is still there. */
  heal(): void;
  close(): Promise<void>;
}

type Fault = { readonly type: 'cut' | 'hole' } | { readonly type: 'slow'; readonly bytesPerSecond: number };

/** Opens a line to the broker at `port`, whose every publication and broker's receipt is overheard. */
export async function openWiretap(port: number, hear: (overheard: Overheard) => void): Promise<Wiretap> {
  let fault: Fault | undefined;
  const sockets = new Set<Socket>();

  /** Carries one direction, as fast as the line and the other end allow. */
  function carry(from: Socket, to: Socket, listen: (chunk: Buffer) => void): void {
    sockets.add(from);
    const release = () => {
      // A half-open connection helps nobody here.
      sockets.delete(from);
      to.destroy();
    };
    from.on('close', release);
    from.on('error', () => undefined);
    from.on('data', (chunk: Buffer) => {
      listen(chunk);
      const open = to.write(chunk);
      if (fault?.type === 'slow') {
        from.pause();
        setTimeout(() => resume(from), (1000 * chunk.length) / fault.bytesPerSecond);
      } else if (!open) {
        from.pause();
        to.once('drain', () => resume(from));
      }
    });
    if (fault?.type === 'hole') from.pause();
  }

  function resume(socket: Socket): void {
    if (fault?.type !== 'hole') socket.resume();
  }

  const server = createServer((client) => {
    if (fault?.type === 'cut') {
      client.destroy();
      return;
    }
    const broker = createConnection(port, '127.0.0.1');
    const listener = createListener(hear);
    carry(client, broker, listener.fromClient);
    carry(broker, client, listener.fromBroker);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  function breakAll(): void {
    for (const socket of sockets) socket.destroy();
  }

  return {
    url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get busy() {
      return sockets.size > 0;
    },
    cut() {
      fault = { type: 'cut' };
      breakAll();
    },
    hole() {
      fault = { type: 'hole' };
      for (const socket of sockets) socket.pause();
    },
    slow(bytesPerSecond) {
      fault = { type: 'slow', bytesPerSecond };
      for (const socket of sockets) socket.resume();
    },
    heal() {
      fault = undefined;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      server.close();
      breakAll();
      await once(server, 'close');
    },
  };
}

/** Puts what a client published together with the broker's receipt for it. */
function createListener(hear: (overheard: Overheard) => void) {
  /** By the subject of the reply. */
  const waiting = new Map<string, Published>();

  function onClient({ verb, words, header, payload }: Frame): void {
    if (verb !== 'PUB' && verb !== 'HPUB') return;
    const sizes = verb === 'PUB' ? 1 : 2;
    const [subject = '', reply] = words.slice(0, words.length - sizes);
    const published = { subject, header, payload };
    if (reply !== undefined && !subject.startsWith('$')) waiting.set(reply, published);
    hear({ type: 'published', ...published });
  }

  function onBroker({ verb, words, payload }: Frame): void {
    if (verb !== 'MSG' && verb !== 'HMSG') return;
    const published = waiting.get(words[0] ?? '');
    if (published === undefined) return;
    waiting.delete(words[0] ?? '');
    const sequence = receiptIn(payload);
    if (sequence !== undefined) hear({ type: 'stored', sequence, ...published });
  }

  return {
    fromClient: createFrameReader(onClient).push,
    fromBroker: createFrameReader(onBroker).push,
  };
}

/** The sequence in a receipt of JetStream's; undefined when it is none, or an error. */
function receiptIn(payload: Buffer): number | undefined {
  try {
    const { stream, seq, error } = JSON.parse(payload.toString('utf8')) as Record<string, unknown>;
    return typeof stream === 'string' && typeof seq === 'number' && error === undefined ? seq : undefined;
  } catch {
    return undefined;
  }
}
