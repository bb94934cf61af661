import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { BadInputError, messageOf } from '../../protocol/base/errors.js';

/** A nats-server of the bench's own, on a free port of loopback. */
export interface BenchBroker {
  readonly url: string;
  /** Seconds of processor time so far; undefined where the system does not tell. */
  processorSeconds(): number | undefined;
  /** Ends it. Its files stay. */
  stop(): Promise<void>;
}

/** Clock ticks a second in /proc, on every Linux. */
const TICKS = 100;

/** Starts a broker that keeps its streams in `directory`. Rejects with a {@link BadInputError} when there is none. */
export async function startBroker(directory: string): Promise<BenchBroker> {
  const port = await freePort();
  const configuration = join(directory, 'nats.conf');
  const store = JSON.stringify(join(directory, 'jetstream'));
  writeFileSync(configuration, `listen: "127.0.0.1:${port}"\njetstream { store_dir: ${store} }\n`);
  // Debian puts it where only root's PATH leads.
  const env = { ...process.env, PATH: `${process.env.PATH ?? ''}${delimiter}/usr/sbin` };
  const child = spawn(process.env.NATS_SERVER_BIN || 'nats-server', ['-c', configuration], {
    stdio: 'ignore',
    env,
  });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_NATS_SERVER',
      problem: `No nats-server could be started from NATS_SERVER_BIN or PATH (${messageOf(cause)})`,
      fix: 'Install one (Debian: apt install nats-server), or name a running broker with --nats',
      cause,
    });
  }
  return {
    url: `nats://127.0.0.1:${port}`,
    processorSeconds: () => processorSeconds(child.pid),
    async stop() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

function processorSeconds(pid: number | undefined): number | undefined {
  try {
    // The name, in parentheses, may hold blanks; what follows it does not.
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13).map(Number);
    return user === undefined || system === undefined ? undefined : (user + system) / TICKS;
  } catch {
    // Linux alone has these files, and only while the process runs.
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
