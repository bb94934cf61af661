import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guard } from './guard.js';
import { provideNatsServer } from './nats-binary.js';

/** A nats-server of a test's own: on a free port of loopback, with a JetStream directory that goes away with it. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Dies at once, as in a power cut. What it stored stays. */
  kill(): Promise<void>;
  /** Starts again after a kill, on the same port and the same directory. */
  restart(): Promise<void>;
  /** Ends it and deletes what it stored. Safe to call twice. */
  stop(): Promise<void>;
}

export interface TestServerOptions {
  /** Largest message in bytes. */
  readonly maxPayload?: number;
  /** Further lines of its JetStream; false: it has none. */
  readonly jetStream?: string | false;
  /** Further lines of its configuration. */
  readonly configuration?: string;
  /** One of the files in ops/nats instead, with this environment and further flags. */
  readonly shipped?: {
    readonly file: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly flags?: readonly string[];
  };
}

/** Where the files lie that Atoll ships for brokers. */
export const SHIPPED = fileURLToPath(new URL('../ops/nats', import.meta.url));

const READY_MS = 15_000;

/** Starts a server and resolves when it accepts connections. */
export async function startNatsServer(options: TestServerOptions = {}): Promise<TestServer> {
  const bin = provideNatsServer();
  const directory = mkdtempSync(join(tmpdir(), 'atoll-nats-'));
  const port = await freePort();
  const { jetStream = '' } = options;
  const written = join(directory, 'nats.conf');
  writeFileSync(
    written,
    `listen: "127.0.0.1:${port}"
     ${jetStream === false ? '' : `jetstream { store_dir: ${JSON.stringify(join(directory, 'store'))}\n${jetStream} }`}
     max_payload: ${options.maxPayload ?? 1 << 20}
     ${options.configuration ?? ''}
    `,
  );
  const { shipped } = options;
  const flags = shipped
    ? ['-c', join(SHIPPED, shipped.file), '-a', '127.0.0.1', '-p', `${port}`, '-m', `${await freePort()}`]
    : ['-c', written];
  const env = { ...process.env, ATOLL_NATS_STORE: join(directory, 'store'), ...shipped?.environment };
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const all = [...flags, ...(shipped?.flags ?? []), '-l', join(directory, 'log')];
    const started = spawn(bin, all, { stdio: 'ignore', env });
    child = started;
    guard(started, directory);
    await ready(port, started);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    child = undefined;
    if (ending === undefined) return;
    const ended = once(ending, 'exit');
    ending.kill(signal);
    await ended;
  }

  async function stop(): Promise<void> {
    // Nothing that it would still write is wanted.
    await end('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }

  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    get pid() {
      return child?.pid ?? 0;
    },
    kill: () => end('SIGKILL'),
    restart: start,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return address.port;
}

/** Resolves when the server greets. */
async function ready(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    if (child.exitCode !== null)
      throw new Error(`nats-server ended at once with exit code ${child.exitCode}`);
    const greeted = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, '127.0.0.1');
      socket.once('data', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
      socket.setTimeout(1000, () => socket.destroy());
      socket.once('data', () => socket.destroy());
    });
    if (greeted) return;
    if (Date.now() > deadline) throw new Error(`expected nats-server to be ready within ${READY_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
