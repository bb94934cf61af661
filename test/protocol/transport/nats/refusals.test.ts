import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { largestEntry } from '../../../../protocol/transport/largest-entry.js';
import { connectBroker } from '../../../../protocol/transport/nats/broker.js';
import { connectCoordinator } from '../../../../protocol/transport/nats/coordinator-link.js';
import { publishModel } from '../../../../protocol/transport/nats/model-store.js';
import { specOf } from '../../../coordinator/fixtures.js';
import { freePort, startNatsServer, type TestServerOptions } from '../../../nats-server.js';

/** What a real nats-server refuses, and what a person is told of it. */

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-refusals-'));
  await writeFile(join(root, 'model.onnx'), Buffer.alloc(3_000_000, 3));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const ACCOUNTS = `accounts {
  runs { jetstream: enabled, users: [{ user: a, password: a }] }
  others { users: [{ user: b, password: b }] }
  narrow { jetstream: { max_streams: 1 }, users: [{ user: c, password: c }] }
  small { jetstream: { max_file: 1M }, users: [{ user: d, password: d }] }
}`;
const PERMISSIONS = `authorization { users: [
  { user: e, password: e, permissions: { publish: ["atoll.>"], subscribe: [">"] } }
] }`;

interface Case {
  readonly server: TestServerOptions;
  readonly user?: string;
  readonly says: RegExp;
  readonly code?: string;
}

const MODEL: Readonly<Record<string, Case>> = {
  'no JetStream': { server: { jetStream: false }, says: /JetStream is off on the broker.*nats-server -js/ },
  'a store that is too small': {
    server: { jetStream: 'max_file_store: 1M' },
    says: /store of the broker has no room.*max_file_store/,
  },
  'an account without JetStream': {
    server: { configuration: ACCOUNTS },
    user: 'b',
    says: /JetStream is off for the account/,
  },
  'an account that may not store so much': {
    server: { configuration: ACCOUNTS },
    user: 'd',
    says: /no room|may not store more/,
  },
  'a user who may not manage streams': {
    server: { configuration: PERMISSIONS },
    user: 'e',
    says: /lacks a permission/,
    code: 'ERR_NATS_AUTH',
  },
};

const authOf = (user: string | undefined) => (user === undefined ? {} : { auth: { user, password: user } });

describe('the broker refuses', () => {
  it.each(Object.entries(MODEL))('the model, for it has %s: one sentence says so', async (_, each) => {
    await using server = await startNatsServer(each.server);
    const publishing = publishModel({ servers: [server.url], ...authOf(each.user) }, root);
    const expected = {
      exitCode: 2,
      code: each.code ?? 'ERR_JETSTREAM',
      message: expect.stringMatching(each.says),
    };
    await expect(publishing).rejects.toMatchObject(expected);
  });

  it('a coordinator, for it has no JetStream', async () => {
    await using server = await startNatsServer({ jetStream: false });
    const began = performance.now();
    const connecting = connectCoordinator({ servers: [server.url], run: 'night' });
    await expect(connecting).rejects.toThrow(/JetStream is off on the broker/);
    expect(performance.now() - began).toBeLessThan(8000);
  });

  it('a coordinator, for the account has as many streams as it may have', async () => {
    await using server = await startNatsServer({ configuration: ACCOUNTS });
    const broker = { servers: [server.url], auth: { user: 'c', password: 'c' } };
    const first = await connectCoordinator({ ...broker, run: 'first' });
    await first.close();
    const second = connectCoordinator({ ...broker, run: 'second' });
    await expect(second).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/as many streams as it may have/),
    });
  });

  it('copies on servers that there are not', async () => {
    await using server = await startNatsServer();
    const connecting = connectCoordinator({ servers: [server.url], run: 'night', replicas: 3 });
    await expect(connecting).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/fewer servers.*--replicas/),
    });
  });

  it('images that are larger than its messages, before the model is sent', async () => {
    await using server = await startNatsServer({ maxPayload: 300_000 });
    const spec = { ...specOf(1000, { encoding: 'direct' }), canvas: 224, channels: 3 } as const;
    const publishing = publishModel({ servers: [server.url], largestEntry: largestEntry(spec) }, root);
    await expect(publishing).rejects.toMatchObject({
      code: 'ERR_MESSAGE_SIZE',
      message: expect.stringMatching(/310\d{3} bytes.*max_payload/),
    });
  });
});

describe('a port where nobody listens', () => {
  it('is told within 3 s, while it is tried on', async () => {
    const port = await freePort();
    const heard: string[] = [];
    const began = performance.now();
    let told = Number.POSITIVE_INFINITY;
    const connecting = connectBroker({
      servers: [`nats://127.0.0.1:${port}`],
      patienceMilliseconds: 3500,
      onWaiting(sentence) {
        told = Math.min(told, performance.now() - began);
        heard.push(sentence);
      },
    });
    await expect(connecting).rejects.toMatchObject({ exitCode: 3 });
    expect(heard).toEqual([`No NATS server answers at nats://127.0.0.1:${port} yet; still trying`]);
    expect(told).toBeLessThan(3000);
  });
});
