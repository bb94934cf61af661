import { describe, expect, it } from 'vitest';
import { connectIsland } from '../../../../protocol/transport/nats/island-link.js';
import { openJetStream, takeUpStream } from '../../../../protocol/transport/nats/run-stream.js';
import { SESSION, subjectsOf } from '../../../../protocol/transport/nats/subjects.js';
import { decodeMessage, encodeMessage } from '../../../../protocol/wire/codec.js';
import { PROTOCOL_VERSION } from '../../../../protocol/wire/messages.js';
import { NO_TOTALS } from '../../../../protocol/wire/totals.js';
import { CHECKPOINT, entryOf, eventsOf, headerOf, pause, startCluster, until, welcomeOf } from './cluster.js';

const improvements = (sequence: number, bytes = 100) => ({
  island: 0,
  sequence,
  entries: [entryOf(bytes)],
  checkpoint: CHECKPOINT,
});
const sequencesOf = (heard: readonly { sequence: number }[]) => heard.map(({ sequence }) => sequence);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('when the broker is killed', () => {
  it('an island goes on making messages that fit it, while it is away and afterwards', async () => {
    await using cluster = await startCluster({ maxPayload: 3000 });
    const link = await connectIsland({ servers: [cluster.server.url], run: cluster.run });
    const before = link.maxBytes;
    expect(before).toBeLessThan(3000);
    await cluster.server.kill();
    await until(() => !link.online);
    const away = new Set<number | undefined>();
    const reading = setInterval(() => away.add(link.maxBytes), 1);
    await cluster.server.restart();
    await until(() => link.online);
    clearInterval(reading);
    expect([...away, link.maxBytes]).toEqual([before, before]);
    await link.close();
  });

  it('nothing that it had stored is lost, and both ends go on by themselves', async () => {
    await using cluster = await startCluster();
    const { heard } = await cluster.coordinate();
    const link = await cluster.island();
    await link.join({ worker: 'w', pid: 1 });
    const stored = new Set<number>();
    let sequence = 0;
    let going = true;
    const working = (async () => {
      while (going) {
        const mine = ++sequence;
        await link.improve(improvements(mine));
        stored.add(mine);
        await pause(2);
      }
    })();
    for (let kills = 0; kills < 3; kills++) {
      const before = stored.size;
      await until(() => stored.size > before + 20);
      await cluster.server.kill();
      await pause(100);
      await cluster.server.restart();
    }
    const before = stored.size;
    await until(() => stored.size > before + 20);
    going = false;
    await working;
    await until(() => new Set(sequencesOf(heard)).size >= stored.size);
    expect([...stored].filter((number) => !sequencesOf(heard).includes(number))).toEqual([]);
  });

  it('what was delivered and not acknowledged is delivered again', async () => {
    await using cluster = await startCluster();
    const first = await cluster.coordinate();
    const link = await cluster.island();
    for (const sequence of range(1, 10)) await link.improve(improvements(sequence));
    await until(() => first.heard.length === 10);
    await cluster.server.kill();
    await first.link.close();
    await cluster.server.restart();
    const second = await cluster.coordinate();
    await until(() => second.heard.length === 10);
    expect(sequencesOf(second.heard)).toEqual(range(1, 10));
  });

  it('an order that was given meanwhile reaches the island with its next heartbeat', async () => {
    await using cluster = await startCluster();
    const { link: coordinator } = await cluster.coordinate();
    const link = await cluster.island();
    await link.join({ worker: 'w', pid: 1 });
    const events = eventsOf(link);
    coordinator.command('all', { type: 'pause' });
    await until(() => events.length === 1);
    expect(coordinator.online).toBe(true);
    await cluster.server.kill();
    await until(() => !coordinator.online);
    coordinator.command(0, { type: 'neighbours', suspects: [], islands: [4] });
    coordinator.command('all', { type: 'resume' });
    await cluster.server.restart();
    await until(() => {
      link.beat({ island: 0, device: 'cpu', modelDigest: 'd', totals: NO_TOTALS });
      return events.length >= 3;
    });
    await pause(50);
    expect(events.slice(1)).toEqual(
      expect.arrayContaining([
        { type: 'command', command: { type: 'resume' } },
        { type: 'command', command: { type: 'neighbours', suspects: [], islands: [4] } },
      ]),
    );
    expect(events).toHaveLength(3);
  });
});

describe('when a run ends', () => {
  it('what was lost on its way to the coordinator comes again, soon, before all is said to be heard', async () => {
    await using cluster = await startCluster();
    const { heard, link: coordinator } = await cluster.coordinate();
    const link = await cluster.island();
    for (const sequence of range(1, 5)) await link.improve(improvements(sequence));
    await until(() => heard.length === 5);
    for (const { ack } of heard.filter(({ sequence }) => sequence !== 3)) ack();
    let drained = false;
    const draining = coordinator.drained().then(() => {
      drained = true;
    });
    await until(() => heard.length > 5);
    expect([heard.at(-1)?.sequence, drained]).toEqual([3, false]);
    heard.at(-1)?.ack();
    await draining;
  });

  it('a coordinator that cannot hear the rest says so', async () => {
    await using cluster = await startCluster();
    const { heard, link: coordinator } = await cluster.coordinate();
    await (await cluster.island()).improve(improvements(1));
    await until(() => heard.length === 1);
    const drained = expect(coordinator.drained()).rejects.toMatchObject({ exitCode: 3 });
    await coordinator.close();
    await drained;
  });
});

describe('when the coordinator dies', () => {
  it('the next one hears at once what was not acknowledged, and nothing else', async () => {
    await using cluster = await startCluster();
    const first = await cluster.coordinate();
    const link = await cluster.island();
    for (const sequence of range(1, 10)) await link.improve(improvements(sequence));
    await until(() => first.heard.length === 10);
    for (const { ack } of first.heard.slice(0, 4)) ack();
    await first.link.close();
    await link.improve(improvements(11));
    const began = performance.now();
    const second = await cluster.coordinate();
    await until(() => second.heard.length >= 7);
    expect(performance.now() - began).toBeLessThan(4000);
    expect(sequencesOf(second.heard)).toEqual(range(5, 11));
  });

  it('a store from a backup hears everything again', async () => {
    await using cluster = await startCluster();
    const first = await cluster.coordinate();
    const link = await cluster.island();
    for (const sequence of range(1, 5)) await link.improve(improvements(sequence));
    await until(() => first.heard.length === 5);
    for (const { ack } of first.heard) ack();
    await first.link.close();
    const second = await cluster.coordinate({ replay: true });
    await until(() => second.heard.length >= 5);
    expect(sequencesOf(second.heard)).toEqual(range(1, 5));
  });

  it('a worker waits for a coordinator, and hears of the messages before it joined first', async () => {
    await using cluster = await startCluster();
    await (await cluster.coordinate()).link.close();
    const [early, link] = [await cluster.island(), await cluster.island()];
    for (const sequence of range(1, 50)) await early.improve(improvements(sequence));
    const joining = link.join({ worker: 'w', pid: 1 });
    await pause(100);
    const { events } = await cluster.coordinate();
    expect(await joining).toMatchObject(welcomeOf(0));
    expect(events.findIndex(({ type }) => type === 'join')).toBe(50);
  });
});

describe('two coordinators', () => {
  it('the second is refused while the first answers', async () => {
    await using cluster = await startCluster();
    await cluster.coordinate();
    await expect(cluster.coordinate()).rejects.toThrow(/The run .* has a coordinator already/);
  });

  it('of two that start at the same moment one is left', async () => {
    await using cluster = await startCluster();
    for (let round = 0; round < 4; round++) {
      const both = await Promise.allSettled([cluster.coordinate(), cluster.coordinate()]);
      const started = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      let left = started.length;
      for (const { ended } of started) void ended.then(() => left--);
      // One is refused at once, or told within seconds.
      await until(() => left <= 1);
      await pause(50);
      expect(left).toBe(1);
      await Promise.all(started.map(({ link }) => link.close()));
    }
  });

  it('one that was asleep while another took over learns it, and its acknowledgements do not count', async () => {
    await using cluster = await startCluster();
    const sleeper = await cluster.coordinate();
    const link = await cluster.island();
    for (const sequence of range(1, 5)) await link.improve(improvements(sequence));
    await until(() => sleeper.heard.length === 5);
    const jsm = await openJetStream(await cluster.stranger());
    const options = { identity: cluster.run, replicas: 1, replay: false };
    const taken = await takeUpStream(jsm, subjectsOf(cluster.run), options);
    for (const { ack } of sleeper.heard) ack();
    expect(await sleeper.ended).toMatchObject({ code: 'ERR_RUN_TAKEN_OVER', exitCode: 3 });
    expect((await jsm.consumers.info(taken.name, taken.consumer)).num_pending).toBe(5);
    const events = eventsOf(link);
    sleeper.link.command('all', { type: 'stop' });
    await pause(50);
    expect(events).toEqual([]);
  });

  it('a run of the same name, begun anew, does not inherit the messages of the first', async () => {
    await using cluster = await startCluster();
    const first = await cluster.coordinate({ identity: 'begun on Monday' });
    await first.link.close();
    const again = cluster.coordinate({ identity: 'begun on Tuesday' });
    await expect(again).rejects.toMatchObject({ code: 'ERR_RUN_TAKEN', exitCode: 2 });
    await cluster.coordinate({ identity: 'begun on Monday' });
  });
});

describe('what comes twice, late or broken', () => {
  it('a message that is sent twice is heard once or twice, never lost; a new session counts from 1 again', async () => {
    await using cluster = await startCluster();
    const { heard } = await cluster.coordinate();
    const [first, second] = [await cluster.island(), await cluster.island()];
    await first.improve(improvements(1));
    await first.improve(improvements(1));
    await second.improve(improvements(1));
    await second.improve(improvements(2));
    await until(() => sequencesOf(heard).includes(2));
    expect(sequencesOf(heard).filter((sequence) => sequence === 1).length).toBeGreaterThanOrEqual(2);
  });

  it('poison is counted by reason and never comes again', async () => {
    await using cluster = await startCluster();
    const subjects = subjectsOf(cluster.run);
    const first = await cluster.coordinate();
    const nc = await cluster.stranger();
    const js = nc.jetstream();
    const stranger = { headers: headerOf(SESSION, 'stranger') };
    const wrongVersion = Buffer.from(encodeMessage({ type: 'improvements', ...improvements(1) }));
    wrongVersion[1] = 99;
    await js.publish(subjects.improve(0), Buffer.from([255, 1, 2]));
    await js.publish(subjects.improve(0), wrongVersion);
    await js.publish(subjects.improve(0), encodeMessage({ type: 'stored', sequence: 1 }), stranger);
    await js.publish(
      subjects.improve(3),
      encodeMessage({ type: 'improvements', ...improvements(1) }),
      stranger,
    );
    await js.publish(subjects.improve(0), encodeMessage({ type: 'improvements', ...improvements(1) }));
    nc.publish(subjects.heartbeat(0), Buffer.from('nonsense'));
    nc.publish(subjects.join, Buffer.from('nonsense'));
    nc.publish(subjects.welcome, Buffer.from('nonsense'));
    await until(() => first.rejected.length === 7);
    expect(first.rejected.toSorted()).toEqual(
      [
        'malformed',
        'malformed',
        'malformed',
        'unexpected',
        'unexpected',
        'unexpected',
        'wrong-version',
      ].toSorted(),
    );
    const link = await cluster.island();
    await link.improve(improvements(1));
    await until(() => first.heard.length === 1);
    await first.link.close();
    const second = await cluster.coordinate();
    await until(() => second.heard.length === 1);
    expect(second.rejected).toEqual([]);
  });

  it('a worker of another version is told so', async () => {
    await using cluster = await startCluster();
    const { rejected } = await cluster.coordinate();
    const nc = await cluster.stranger();
    const join = Buffer.from(encodeMessage({ type: 'join', worker: 'w', pid: 1 }));
    join[1] = 99;
    const answer = await nc.request(subjectsOf(cluster.run).join, join, {
      timeout: 2000,
      headers: headerOf(SESSION, 'x'),
    });
    expect(decodeMessage(answer.data)).toMatchObject({
      type: 'refusal',
      reason: expect.stringContaining(
        `protocol version 99, but this Atoll speaks version ${PROTOCOL_VERSION}`,
      ),
    });
    await until(() => rejected.length === 1);
    expect(rejected).toEqual(['wrong-version']);
  });

  it('a farewell of a worker whose island another holds now is not heard', async () => {
    await using cluster = await startCluster({}, () => welcomeOf(0));
    const { events } = await cluster.coordinate();
    const [first, second] = [await cluster.island(), await cluster.island()];
    await first.join({ worker: 'w', pid: 1 });
    await second.join({ worker: 'w', pid: 2 });
    await first.farewell({ island: 0, ending: 'failed', error: 'late', totals: NO_TOTALS });
    await second.farewell({ island: 0, ending: 'done', error: '', totals: NO_TOTALS });
    const farewells = () =>
      events.flatMap((event) => (event.type === 'farewell' ? [event.farewell.error] : []));
    await until(() => farewells().length > 0);
    expect(farewells()).toEqual(['']);
  });
});

describe('what is larger than a message', () => {
  it('a welcome with an archive arrives whole and in order', async () => {
    const elites = range(0, 999).map((classId) => entryOf(3000, classId));
    await using cluster = await startCluster({ maxPayload: 64 << 10 }, (island) => ({
      ...welcomeOf(island),
      checkpoint: CHECKPOINT,
      elites,
    }));
    await cluster.coordinate();
    const welcome = await (await cluster.island()).join({ worker: 'w', pid: 1 });
    expect(welcome.elites.map(({ classIds }) => classIds[0])).toEqual(range(0, 999));
    expect(welcome.elites.every(({ genome }) => genome.length === 3000)).toBe(true);
    expect(welcome).toMatchObject({ spec: '{}', checkpoint: CHECKPOINT });
  });

  it('migrants arrive in several messages, without those that no message can hold', async () => {
    await using cluster = await startCluster({ maxPayload: 64 << 10 });
    await cluster.coordinate();
    const [link, other] = [await cluster.island(), await cluster.island()];
    await link.join({ worker: 'a', pid: 1 });
    await other.join({ worker: 'b', pid: 1 });
    const events = eventsOf(other);
    const entries = [...range(0, 29).map((classId) => entryOf(9000, classId)), entryOf(100_000, 30)];
    expect(link.migrate({ island: 0, destinations: [1], entries })).toBe(true);
    expect(link.migrate({ island: 0, destinations: [1], entries })).toBe(false);
    const classes = () =>
      events.flatMap((event) =>
        event.type === 'migrants' ? event.migrants.entries.flatMap(({ classIds }) => classIds) : [],
      );
    await until(() => classes().length >= 30);
    expect(classes()).toEqual(range(0, 29));
    expect(events.length).toBeGreaterThan(1);
  });

  it('a genome that no message can hold is refused in a sentence', async () => {
    await using cluster = await startCluster({ maxPayload: 64 << 10 });
    await cluster.coordinate();
    const link = await cluster.island();
    expect(link.maxBytes).toBeLessThan(64 << 10);
    const refused = link.improve(improvements(1, 100_000));
    await expect(refused).rejects.toMatchObject({ code: 'ERR_MESSAGE_SIZE', exitCode: 2 });
  });
});
