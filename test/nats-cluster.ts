import { connect } from 'nats';
import { freePort, startNatsServer, type TestServer } from './nats-server.js';

/** Passwords of the users in ops/nats/accounts.conf. */
export const PASSWORDS = {
  ATOLL_COORDINATOR_PASSWORD: 'coordinators-password',
  ATOLL_WORKER_PASSWORD: 'workers-password',
};
export const COORDINATOR = { user: 'coordinator', password: PASSWORDS.ATOLL_COORDINATOR_PASSWORD };
export const WORKER = { user: 'worker', password: PASSWORDS.ATOLL_WORKER_PASSWORD };

/** The server of ops/nats/nats.conf, on a free port. */
export function startShippedServer(): Promise<TestServer> {
  return startNatsServer({ shipped: { file: 'nats.conf', environment: PASSWORDS } });
}

/** The three servers of ops/nats/cluster.conf. */
export interface TestNatsCluster extends AsyncDisposable {
  readonly servers: readonly TestServer[];
  readonly urls: readonly string[];
}

const SERVERS = 3;

/** What a server is called among the others, by its place. */
export const serverName = (place: number): string => `atoll-${place}`;

/**
 * Starts the cluster and resolves when it stores. `advertise`: whether clients hear of servers that they were not told
 * of; one that is to keep to its lines must not.
 */
export async function startNatsCluster({ advertise = true } = {}): Promise<TestNatsCluster> {
  const urls: string[] = [];
  for (let i = 0; i < SERVERS; i++) urls.push(`nats://route:routes-password@127.0.0.1:${await freePort()}`);
  const environment = {
    ...PASSWORDS,
    ATOLL_ROUTES: JSON.stringify(urls),
    ATOLL_ROUTE_PASSWORD: 'routes-password',
  };
  const servers = await Promise.all(
    urls.map((url, i) =>
      startNatsServer({
        shipped: {
          file: 'cluster.conf',
          environment: { ...environment, ATOLL_SERVER_NAME: serverName(i) },
          flags: ['--cluster', url, `--no_advertise=${!advertise}`],
        },
      }),
    ),
  );
  const clients = servers.map(({ url }) => url);
  await untilItStores(clients);
  return {
    servers,
    urls: clients,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

async function untilItStores(servers: string[]): Promise<void> {
  const nc = await connect({ servers, user: COORDINATOR.user, pass: COORDINATOR.password });
  try {
    const jsm = await nc.jetstreamManager({ checkAPI: false });
    const probe = { name: 'probe', subjects: ['probe'], num_replicas: SERVERS };
    for (;;) {
      try {
        await jsm.streams.add(probe);
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    await jsm.streams.delete(probe.name);
  } finally {
    await nc.close();
  }
}
