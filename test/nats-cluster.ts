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

/** Starts the cluster and resolves when it stores. */
export async function startNatsCluster(): Promise<TestNatsCluster> {
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
          environment: { ...environment, ATOLL_SERVER_NAME: `atoll-${i}` },
          flags: ['--cluster', url],
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
