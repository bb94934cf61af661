import { expect, it } from 'vitest';
import type {
  CoordinatorEvent,
  CoordinatorLink,
  IslandEvent,
  IslandLink,
} from '../../../protocol/transport/transport.js';
import type { Checkpoint, Entry, Farewell, Find, Welcome } from '../../../protocol/wire/messages.js';
import { NO_TOTALS } from '../../../protocol/wire/totals.js';

/** A transport under test: one coordinator's end, and as many islands' ends as are asked for. */
export interface TransportUnderTest {
  readonly coordinator: CoordinatorLink;
  connect(): Promise<IslandLink>;
  close(): Promise<void>;
}

const CHECKPOINT: Checkpoint = { totals: NO_TOTALS, random: new Uint8Array(16).fill(7) };

const ENTRY: Entry = {
  genome: Buffer.from([1, 2, 3]),
  classIds: [0, 5],
  confidences: [0.5, 0.25],
  parent: { digest: 'ab'.repeat(32), classId: 3 },
  evaluation: 12,
  island: 0,
};

const genomeIn = (find: Find | undefined) => (find && 'genome' in find ? find.genome : []);

function welcomeFor(island: number): Welcome {
  return {
    island,
    spec: '{"name":"x"}',
    modelDigest: 'd',
    model: { type: 'directory', path: '/m' },
    evaluationQuota: 10,
    costQuota: 0,
    neighbours: [1 - island],
    checkpoint: CHECKPOINT,
    elites: [ENTRY],
    suspects: [7],
  };
}

/** What every transport promises. Call it inside a `describe`. `storedBy`: whose word makes an outbox forget. */
export function transportConformance(
  open: () => Promise<TransportUnderTest>,
  storedBy: 'coordinator' | 'broker' = 'coordinator',
): void {
  /** Answers joins with islands 0, 1, …; hands everything else to `on`. */
  function serve(coordinator: CoordinatorLink, on: (event: CoordinatorEvent) => void): Promise<void> {
    return (async () => {
      let next = 0;
      for await (const event of coordinator.inbox) {
        if (event.type === 'join' && event.join.worker !== 'refuse-me') event.welcome(welcomeFor(next++));
        else if (event.type === 'join') event.refuse('there is no room');
        else on(event);
      }
    })();
  }

  it('a worker that joins is welcomed with exactly what the coordinator said', async () => {
    await using transport = disposable(await open());
    void serve(transport.coordinator, () => {});
    const link = await transport.connect();
    expect(await link.join({ worker: 'w', pid: 1 })).toMatchObject(welcomeFor(0));
  });

  it('a refused worker is told why in one sentence', async () => {
    await using transport = disposable(await open());
    void serve(transport.coordinator, () => {});
    const link = await transport.connect();
    await expect(link.join({ worker: 'refuse-me', pid: 1 })).rejects.toThrow('there is no room');
  });

  it.runIf(storedBy === 'broker')('improvements are stored with nobody there to read them', async () => {
    await using transport = disposable(await open());
    const acks: (() => void)[] = [];
    const link = await transport.connect();
    await link.improve({ island: 0, sequence: 1, entries: [ENTRY], checkpoint: CHECKPOINT });
    const seen: Find[] = [];
    void serve(transport.coordinator, (event) => {
      if (event.type !== 'improvements') return;
      seen.push(...event.improvements.entries);
      acks.push(event.ack);
    });
    await until(() => acks.length === 1);
    expect(seen).toMatchObject([{ ...ENTRY, genome: expect.anything() }]);
    expect([...genomeIn(seen[0])]).toEqual([1, 2, 3]);
  });

  it.runIf(storedBy === 'coordinator')(
    'improvements are stored only once the coordinator says so',
    async () => {
      await using transport = disposable(await open());
      const acks: (() => void)[] = [];
      const seen: Find[] = [];
      void serve(transport.coordinator, (event) => {
        if (event.type !== 'improvements') return;
        seen.push(...event.improvements.entries);
        acks.push(event.ack);
      });
      const link = await transport.connect();
      await link.join({ worker: 'w', pid: 1 });
      let stored = false;
      const storing = link
        .improve({ island: 0, sequence: 1, entries: [ENTRY], checkpoint: CHECKPOINT })
        .then(() => {
          stored = true;
        });
      await until(() => acks.length === 1);
      expect(seen).toMatchObject([{ ...ENTRY, genome: expect.anything() }]);
      expect([...genomeIn(seen[0])]).toEqual([1, 2, 3]);
      expect(stored).toBe(false);
      acks[0]?.();
      await storing;
      expect(stored).toBe(true);
    },
  );

  it('messages of one island arrive in order and none is missing', async () => {
    await using transport = disposable(await open());
    const sequences: number[] = [];
    void serve(transport.coordinator, (event) => {
      if (event.type !== 'improvements') return;
      sequences.push(event.improvements.sequence);
      event.ack();
    });
    const link = await transport.connect();
    await link.join({ worker: 'w', pid: 1 });
    const expected = Array.from({ length: 200 }, (_, i) => i + 1);
    await Promise.all(expected.map((sequence) => link.improve({ island: 0, sequence, entries: [] })));
    // The broker may have stored what the coordinator is still to hear of.
    if (storedBy === 'broker') await until(() => sequences.length >= expected.length);
    expect(sequences).toEqual(expected);
  });

  it('what arrived and what it won reaches the coordinator as it was counted', async () => {
    await using transport = disposable(await open());
    const seen: unknown[] = [];
    void serve(transport.coordinator, (event) => {
      if (event.type !== 'improvements') return;
      seen.push(event.improvements.arrivals);
      event.ack();
    });
    const link = await transport.connect();
    await link.join({ worker: 'w', pid: 1 });
    const arrivals = [
      { source: 3, moved: 12, won: 0 },
      { source: 7, moved: 2 ** 32 - 1, won: 5 },
    ];
    await link.improve({ island: 0, sequence: 1, entries: [], checkpoint: CHECKPOINT, arrivals });
    await until(() => seen.length === 1);
    expect(seen).toEqual([arrivals]);
  });

  it('migrants reach the islands that they name, and no other', async () => {
    await using transport = disposable(await open());
    void serve(transport.coordinator, () => {});
    const links = [await transport.connect(), await transport.connect(), await transport.connect()];
    for (const link of links) await link.join({ worker: 'w', pid: 1 });
    const arrived = links.map(() => [] as string[]);
    links.forEach((link, i) => {
      void (async () => {
        for await (const event of link.inbox) arrived[i]?.push(event.type);
      })();
    });
    expect(links[0]?.migrate({ island: 0, destinations: [2], entries: [ENTRY] })).toBe(true);
    await until(() => arrived[2]?.length === 1);
    expect(arrived).toEqual([[], [], ['migrants']]);
  });

  it('a command reaches one island, or all', async () => {
    await using transport = disposable(await open());
    void serve(transport.coordinator, () => {});
    const links = [await transport.connect(), await transport.connect()];
    for (const link of links) await link.join({ worker: 'w', pid: 1 });
    const arrived = links.map(() => [] as string[]);
    links.forEach((link, i) => {
      void (async () => {
        for await (const event of link.inbox) {
          if (event.type === 'command') arrived[i]?.push(event.command.type);
        }
      })();
    });
    transport.coordinator.command(1, { type: 'pause' });
    transport.coordinator.command('all', { type: 'neighbours', islands: [], suspects: [] });
    transport.coordinator.command(99, { type: 'stop' });
    await until(() => arrived.flat().length === 3);
    expect(arrived).toEqual([['neighbours'], ['pause', 'neighbours']]);
  });

  it('an island whose link has ended learns it', async () => {
    const transport = await open();
    void serve(transport.coordinator, () => {});
    const link = await transport.connect();
    await link.join({ worker: 'w', pid: 1 });
    const drained = (async () => {
      for await (const _ of link.inbox);
    })();
    await transport.close();
    await drained;
    await expect(link.improve({ island: 0, sequence: 2, entries: [] })).rejects.toThrow(
      /has ended|is closed/,
    );
    await expect(link.join({ worker: 'w', pid: 1 })).rejects.toThrow(/has ended|is closed/);
  });

  it('an audit reaches the island that is asked, and the answer the coordinator', async () => {
    await using transport = disposable(await open());
    const seen: CoordinatorEvent[] = [];
    void serve(transport.coordinator, (event) => seen.push(event));
    const links = [await transport.connect(), await transport.connect()];
    for (const link of links) await link.join({ worker: 'w', pid: 1 });
    const asked: IslandEvent[] = [];
    void (async () => {
      for await (const event of links[1]?.inbox ?? []) asked.push(event);
    })();
    const audit = { number: 3, genome: Buffer.from([1, 2]), classIds: [0, 9] };
    transport.coordinator.audit(99, audit);
    transport.coordinator.audit(1, audit);
    await until(() => asked.length === 1);
    expect(asked).toEqual([{ type: 'audit', audit: expect.objectContaining(audit) }]);
    const audited = { island: 1, number: 3, confidences: [0.5, Number.NaN] };
    links[1]?.audited(audited);
    await until(() => seen.some(({ type }) => type === 'audited'));
    expect(seen.find(({ type }) => type === 'audited')).toEqual({
      type: 'audited',
      audited: expect.objectContaining(audited),
    });
  });

  it('heartbeats and farewells reach the coordinator as they were sent', async () => {
    await using transport = disposable(await open());
    const seen: CoordinatorEvent[] = [];
    void serve(transport.coordinator, (event) => seen.push(event));
    const link = await transport.connect();
    await link.join({ worker: 'w', pid: 1 });
    const totals = { ...NO_TOTALS, evaluations: 7, renderSeconds: 0.5 };
    const heartbeat = { island: 0, device: 'cpu', modelDigest: 'd', totals };
    const farewell: Farewell = { island: 0, ending: 'failed', error: 'the device is lost', totals };
    link.beat(heartbeat);
    await until(() => seen.length === 1);
    await link.farewell(farewell);
    await until(() => seen.length === 2);
    expect(seen).toMatchObject([
      { type: 'heartbeat', heartbeat },
      { type: 'farewell', farewell, ack: expect.any(Function) },
    ]);
  });

  it.runIf(storedBy === 'coordinator')('an island learns that the coordinator is gone', async () => {
    const transport = await open();
    void serve(transport.coordinator, () => {});
    const link = await transport.connect();
    await link.join({ worker: 'w', pid: 1 });
    const storing = link.improve({ island: 0, sequence: 1, entries: [] });
    const outcome = expect(storing).rejects.toThrow(/has ended|is closed/);
    const drained = (async () => {
      for await (const _ of link.inbox);
    })();
    await transport.close();
    await outcome;
    await drained;
    await expect(link.improve({ island: 0, sequence: 2, entries: [] })).rejects.toThrow(
      /has ended|is closed/,
    );
  });
}

function disposable(transport: TransportUnderTest): TransportUnderTest & AsyncDisposable {
  return { ...transport, [Symbol.asyncDispose]: () => transport.close() };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
