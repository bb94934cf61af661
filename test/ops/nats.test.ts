import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCoordinator } from '../../coordinator/coordinator.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { DIRECT } from '../../protocol/encodings/direct/direct.js';
import { connectCoordinator } from '../../protocol/transport/nats/coordinator-link.js';
import type { BrokerAuth } from '../../protocol/transport/nats/credentials.js';
import { connectIsland } from '../../protocol/transport/nats/island-link.js';
import { fetchModel, publishModel } from '../../protocol/transport/nats/model-store.js';
import {
  MESSAGE_OVERHEAD,
  MODEL_BUCKET,
  subjectsOf,
  workerRights,
} from '../../protocol/transport/nats/subjects.js';
import { encodedSize } from '../../protocol/transport/split.js';
import { NO_TOTALS } from '../../protocol/wire/totals.js';
import { work } from '../../worker/worker.js';
import { createMemoryStore } from '../coordinator/memory-store.js';
import { provideNatsServer } from '../nats-binary.js';
import { COORDINATOR, PASSWORDS, startNatsCluster, startShippedServer, WORKER } from '../nats-cluster.js';
import { SHIPPED, startNatsServer, type TestServer } from '../nats-server.js';
import { CHECKPOINT, entryOf, pause, until, welcomeOf } from '../protocol/transport/nats/cluster.js';
import { createStripes, stripesSpec } from '../worker/island/fixtures.js';

/** The files that Atoll ships for brokers, each run by a real nats-server as it stands. */

let directory: string;
let server: TestServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-broker-'));
  server = await startShippedServer();
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function modelDirectory(): Promise<string> {
  const model = await mkdtemp(join(directory, 'model-'));
  await writeFile(join(model, 'model.onnx'), Buffer.alloc(500_000, 3));
  return model;
}

/** A whole small run: its model fetched, two islands, its budget used. */
async function evolve(servers: readonly string[], name: string, meanwhile = async () => {}) {
  const spec = stripesSpec({ name, islands: 2, budget: { evaluations: 2000 } });
  const replicas = servers.length;
  const asCoordinator = { servers, run: name, auth: COORDINATOR, replicas };
  const digest = await publishModel(asCoordinator, await modelDirectory());
  const link = await connectCoordinator(asCoordinator);
  const store = createMemoryStore(Array.from({ length: spec.classes }, (_, i) => `class ${i}`));
  const coordinator = createCoordinator({
    link,
    store,
    spec,
    model: { type: 'package', digest },
    clock: Date.now,
    commitMilliseconds: 10,
    tickMilliseconds: 20,
  });
  const islands = [0, 1].map(async (i) => {
    const asWorker = { servers, run: name, auth: WORKER };
    const island = await connectIsland(asWorker);
    await work({
      link: island,
      name: `worker-${i}`,
      pid: i,
      async openClassifier(welcome) {
        if (welcome.model.type !== 'package') throw new Error('a broker has a package');
        await fetchModel(asWorker, welcome.model.digest, join(directory, `cache-${name}-${i}`));
        return createStripes();
      },
      openDrawer: loadDrawer,
      clock: () => performance.now() / 1000,
    });
    await island.close();
  });
  try {
    await until(() => coordinator.summary().totals.evaluations > 200);
    await meanwhile();
    const { failures } = await coordinator.done;
    await Promise.all(islands);
    expect(failures).toEqual([]);
    const { coverage, totals } = coordinator.summary();
    expect({ coverage, evaluations: totals.evaluations }).toEqual({ coverage: 1, evaluations: 2000 });
  } finally {
    await coordinator.stop();
    await link.close();
  }
}

describe('the files of ops/nats', () => {
  const check = (file: string, environment: NodeJS.ProcessEnv) =>
    promisify(execFile)(provideNatsServer(), ['-t', '-c', join(SHIPPED, file)], {
      env: { ATOLL_NATS_STORE: directory, ...environment },
    });

  it.each([
    ['nats.conf', {}],
    ['cluster.conf', { ATOLL_SERVER_NAME: 'one', ATOLL_ROUTES: '[]', ATOLL_ROUTE_PASSWORD: 'secret' }],
  ])('%s is accepted, and not without passwords', async (file, environment) => {
    await check(file, { ...PASSWORDS, ...environment });
    for (const missing of Object.keys(PASSWORDS)) {
      const rest = { ...PASSWORDS, ...environment, [missing]: undefined };
      await expect(check(file, rest)).rejects.toThrow(missing);
    }
  });

  it('give a worker what subjects.ts says, and nothing else', async () => {
    const text = await readFile(join(SHIPPED, 'accounts.conf'), 'utf8');
    const lines = text.replaceAll(/^\s*#.*$/gm, '');
    const subjects = (part: RegExp) => [...lines.matchAll(part)].map(([, subject]) => subject);
    const list = (name: string) => {
      const [, body = ''] = new RegExp(`${name}: \\{\\s*allow: \\[([^\\]]*)\\]`).exec(lines) ?? [];
      return [...body.matchAll(/"([^"]+)"/g)].map(([, subject]) => subject);
    };
    const rights = workerRights();
    expect(list('publish')).toEqual(rights.publish);
    expect(list('subscribe')).toEqual(rights.subscribe);
    expect(subjects(/service: "([^"]+)", accounts: \[ATOLL_WORKERS\]/g)).toEqual(rights.services);
    expect(subjects(/stream: "([^"]+)", accounts: \[ATOLL_WORKERS\]/g)).toEqual(rights.streams);
    expect(subjects(/service: \{ account: ATOLL, subject: "([^"]+)"/g)).toEqual(rights.services);
    expect(subjects(/stream: \{ account: ATOLL, subject: "([^"]+)"/g)).toEqual(rights.streams);
    // And there is nothing that these patterns pass over.
    const { services, streams, publish, subscribe } = rights;
    const said = 2 * (services.length + streams.length) + publish.length + subscribe.length;
    expect([...lines.matchAll(/"[^"]*(?:\.|>)[^"]*"/g)]).toHaveLength(said);
  });

  it('take the largest genome that Atoll admits', async () => {
    const nc = await connect({ servers: server.url, user: WORKER.user, pass: WORKER.password });
    const entry = { ...entryOf(DIRECT.format.maxBytes), classIds: Array.from({ length: 1000 }, (_, i) => i) };
    expect(encodedSize(entry) + MESSAGE_OVERHEAD).toBeLessThan(nc.info?.max_payload ?? 0);
    await nc.close();
  });

  it('carry a whole run with the users that they have', async () => {
    await evolve([server.url], 'whole');
  });

  it('refuse a connection without a password', async () => {
    await expect(connect({ servers: server.url })).rejects.toThrow(/authorization/i);
    await expect(connect({ servers: server.url, user: 'worker', pass: 'guess' })).rejects.toThrow(
      /authorization/i,
    );
  });
});

describe('a cluster of three servers', () => {
  it('carries a run on when any one of them is killed', async () => {
    await using cluster = await startNatsCluster();
    await evolve(cluster.urls, 'three', async () => {
      const [first] = cluster.servers;
      await first?.kill();
    });
  });
});

describe("a worker's user", () => {
  const run = 'night';
  const subjects = subjectsOf(run);
  const stream = subjects.stream;
  const object = `$O.${MODEL_BUCKET}`;
  const api = (request: string) => `$JS.API.${request}`;
  let worker: NatsConnection;
  let jsm: JetStreamManager;
  let consumer: string;
  let refusals: string[];
  let close: () => Promise<void>;
  const heard: string[] = [];

  beforeAll(async () => {
    const place = { servers: [server.url], run, auth: COORDINATOR };
    await publishModel(place, await modelDirectory());
    const link = await connectCoordinator(place);
    const admin = await connect({
      servers: server.url,
      user: COORDINATOR.user,
      pass: COORDINATOR.password,
    });
    jsm = await admin.jetstreamManager();
    for (let i = 0; i < 3; i++) await admin.jetstream().publish(subjects.improve(0), `improvement ${i}`);
    [consumer = ''] = (await jsm.consumers.list(stream).next()).map(({ name }) => name);
    for (const subject of [subjects.command('*'), subjects.presence, '_INBOX.>']) {
      admin.subscribe(subject, { callback: (_, { subject: on }) => void heard.push(on) });
    }
    await admin.flush();
    worker = await connect({ servers: server.url, user: WORKER.user, pass: WORKER.password });
    refusals = [];
    void (async () => {
      for await (const { permissionContext } of worker.status()) {
        if (permissionContext) refusals.push(`${permissionContext.operation} ${permissionContext.subject}`);
      }
    })();
    close = async () => {
      await Promise.all([worker.close(), link.close()]);
      await admin.close();
    };
  });
  afterAll(() => close());

  /** What a worker must leave as it is. */
  async function standing(): Promise<unknown> {
    const [night, models] = [await jsm.streams.info(stream), await jsm.streams.info(`OBJ_${MODEL_BUCKET}`)];
    const count = (info: typeof night) => [info.state.messages, info.state.first_seq, info.config];
    const consumers = (await jsm.consumers.list(stream).next()).map(({ name }) => name);
    return [count(night)[1], count(models), night.config, consumers];
  }

  const lastAck = () => `$JS.ACK.${stream}.${consumer}.1.3.3.${Date.now()}000000.0`;
  it.each<[string, () => string, string]>([
    ['purge a run', () => api(`STREAM.PURGE.${stream}`), ''],
    ['delete a run', () => api(`STREAM.DELETE.${stream}`), ''],
    ['delete a message of a run', () => api(`STREAM.MSG.DELETE.${stream}`), '{"seq":1}'],
    ['read a message of a run', () => api(`STREAM.MSG.GET.${stream}`), '{"seq":1}'],
    ['change a run', () => api(`STREAM.UPDATE.${stream}`), JSON.stringify({ name: stream, max_msgs: 1 })],
    ['make a stream', () => api('STREAM.CREATE.mine'), JSON.stringify({ name: 'mine', subjects: ['mine'] })],
    ['snapshot a run', () => api(`STREAM.SNAPSHOT.${stream}`), '{"deliver_subject":"atoll.x"}'],
    [
      'make a consumer of a run',
      () => api(`CONSUMER.DURABLE.CREATE.${stream}.mine`),
      JSON.stringify({ stream_name: stream, config: { durable_name: 'mine', ack_policy: 'explicit' } }),
    ],
    [
      'have the model delivered as a command',
      () => api(`CONSUMER.CREATE.OBJ_${MODEL_BUCKET}`),
      JSON.stringify({
        stream_name: `OBJ_${MODEL_BUCKET}`,
        config: { deliver_subject: subjects.command(0) },
      }),
    ],
    ["delete the coordinator's consumer", () => api(`CONSUMER.DELETE.${stream}.${consumer}`), ''],
    ['read in its place', () => api(`CONSUMER.MSG.NEXT.${stream}.${consumer}`), '1'],
    ['acknowledge in its place', lastAck, '+ACK'],
    ['command', () => subjects.command('all'), ''],
    ['command an island', () => subjects.command(3), ''],
    ['answer as the coordinator', () => '_INBOX.anyone.1', ''],
    ['say that it coordinates', () => subjects.presence, 'coordinator-x'],
    ['put a model', () => `${object}.C.x`, 'chunk'],
    ['replace a model', () => `${object}.M.bQ==`, '{}'],
    ['delete a model', () => api(`STREAM.PURGE.OBJ_${MODEL_BUCKET}`), ''],
    ['answer through the broker', () => '_R_.anyone.1', ''],
  ])('cannot %s', async (_, subjectOf, body) => {
    const before = await standing();
    const subject = subjectOf();
    heard.length = 0;
    worker.publish(subject, body, { reply: '_INBOX.me' });
    await until(() => refusals.includes(`publish ${subject}`));
    expect(await standing()).toEqual(before);
    expect(heard.filter((on) => on === subject)).toEqual([]);
  });

  it.each([
    ['what others send home', subjects.improve('*')],
    ['joins, to answer them', subjects.join],
    ['who coordinates, to answer for it', subjects.presence],
    ["the broker's own requests", '$JS.>'],
    ['answers on their way', '_R_.>'],
    ['everything', '>'],
  ])('cannot listen to %s', async (_, subject) => {
    worker.subscribe(subject, { callback: () => {} });
    await until(() => refusals.includes(`subscription ${subject}`));
  });

  it("cannot have the broker do it: an answer's subject is its own account's", async () => {
    const before = await standing();
    heard.length = 0;
    const forbidden = [
      api(`STREAM.PURGE.${stream}`),
      api(`STREAM.DELETE.${stream}`),
      api(`STREAM.PURGE.OBJ_${MODEL_BUCKET}`),
      api(`CONSUMER.DELETE.${stream}.${consumer}`),
      lastAck(),
      subjects.command('all'),
      subjects.presence,
    ];
    for (const reply of forbidden) {
      worker.publish(subjects.improve(0), 'x', { reply });
      worker.publish(workerRights().services.at(-1) ?? '', '{"seq":1}', { reply });
    }
    // What is published after them is stored after them.
    await worker.jetstream().publish(subjects.improve(0), 'x');
    await pause(50);
    expect(await standing()).toEqual(before);
    expect(heard.filter((on) => forbidden.includes(on))).toEqual([]);
  });

  it('can fetch a model, and leaves no consumer behind', async () => {
    const place = { servers: [server.url], auth: COORDINATOR };
    const digest = await publishModel(place, await modelDirectory());
    const fetched = await fetchModel({ ...place, auth: WORKER }, digest, join(directory, 'fetched'));
    expect(await readdir(fetched)).toEqual(['model.onnx']);
    expect(await jsm.consumers.list(`OBJ_${MODEL_BUCKET}`).next()).toEqual([]);
  });
});

describe('a worker whose user lacks a permission', () => {
  const { publish, subscribe } = workerRights();
  const lacking = [
    ...publish.map((subject) => ({ deny: 'publish', subject })),
    ...subscribe.map((subject) => ({ deny: 'subscribe', subject })),
  ];
  let strict: TestServer;
  let stop: () => Promise<void>;
  const run = 'strict';
  let digest: string;

  beforeAll(async () => {
    const users = lacking.map(
      ({ deny, subject }, i) =>
        `{ user: "u${i}", password: "p", permissions: { ${deny}: { deny: ["${subject}"] } } }`,
    );
    strict = await startNatsServer({
      configuration: `authorization { users: [ { user: "c", password: "p" }, ${users.join(', ')} ] }`,
    });
    const place = { servers: [strict.url], run, auth: { user: 'c', password: 'p' } };
    digest = await publishModel(place, await modelDirectory());
    const link = await connectCoordinator(place);
    stop = link.close;
    let islands = 0;
    void (async () => {
      for await (const event of link.inbox) {
        if (event.type === 'join')
          event.welcome({ ...welcomeOf(islands++), elites: [entryOf(600_000), entryOf(600_000)] });
        if (event.type === 'improvements' || event.type === 'farewell') event.ack();
      }
    })();
  });
  afterAll(async () => {
    await stop();
    await strict.stop();
  });

  /** All that a worker does, once. */
  async function doAll(auth: BrokerAuth): Promise<void> {
    const place = { servers: [strict.url], run, auth };
    const link = await connectIsland(place);
    try {
      const { island } = await link.join({ worker: 'w', pid: 1 });
      await fetchModel(place, digest, await mkdtemp(join(directory, 'cache-')));
      link.beat({ island, device: 'cpu', modelDigest: 'd', totals: NO_TOTALS });
      link.migrate({ island, destinations: [1], entries: [entryOf(10)] });
      link.audited({ island, number: 1, confidences: [0.5] });
      await link.improve({ island, sequence: 1, entries: [entryOf(10)], checkpoint: CHECKPOINT });
      await link.farewell({ island, ending: 'done', error: '', totals: NO_TOTALS });
      await link.improve({ island, sequence: 2, entries: [entryOf(10)], checkpoint: CHECKPOINT });
    } finally {
      await link.close();
    }
  }

  it('works with all of them', async () => {
    await doAll({ user: 'c', password: 'p' });
  });

  it.each(lacking.map(({ deny, subject }, i) => [deny, subject, i] as const))(
    'says that it may not %s %s',
    async (_, __, i) => {
      await expect(doAll({ user: `u${i}`, password: 'p' })).rejects.toMatchObject({
        code: 'ERR_NATS_AUTH',
        exitCode: 2,
        message: expect.stringMatching(/^This user of the broker lacks a permission \(.+\)\. Use other/),
      });
    },
  );
});
