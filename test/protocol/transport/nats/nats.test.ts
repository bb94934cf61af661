import { afterAll, beforeAll, describe } from 'vitest';
import { connectCoordinator } from '../../../../protocol/transport/nats/coordinator-link.js';
import { connectIsland } from '../../../../protocol/transport/nats/island-link.js';
import type { IslandLink } from '../../../../protocol/transport/transport.js';
import { startNatsServer, type TestServer } from '../../../nats-server.js';
import { transportConformance } from '../conformance.js';

describe('the NATS transport', () => {
  let server: TestServer;
  let runs = 0;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  transportConformance(async () => {
    const place = { servers: [server.url], run: `conformance.${runs++}` };
    const coordinator = await connectCoordinator(place);
    const links: IslandLink[] = [];
    return {
      coordinator,
      async connect() {
        const link = await connectIsland(place);
        links.push(link);
        return link;
      },
      async close() {
        await Promise.all([coordinator.close(), ...links.map((link) => link.close())]);
      },
    };
  }, 'broker');
});
