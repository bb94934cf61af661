import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createLiveFeed,
  LIVE_FEED_LIMITS,
  type LiveClient,
  type LiveFeedLimits,
} from '../../../coordinator/gallery/live-feed.js';
import type { LiveCell, LiveMessage } from '../../../protocol/wire/live.js';
import { decodeLive } from '../../../protocol/wire/live-codec.js';

/** A run whose cells are filled by hand, and pages that take what they are sent when they are told to. */
function startFeed(limits: Partial<LiveFeedLimits> = {}, genomeBytes = 100) {
  const clock = { now: 0 };
  const cells = new Map<number, LiveCell>();
  const feed = createLiveFeed(
    {
      filled: () => cells.keys(),
      cell: (classId) => cells.get(classId),
      status: () => ({
        ...{ run: 'r', state: 'running', seconds: clock.now / 1000, evaluations: 1, evaluationsPerSecond: 0 },
        ...{ jumps: 0, goalSwitches: 0, budgetEvaluations: 0, budgetMinutes: 0, islands: [] },
        ...{ cost: 1, budgetCost: 0, emitters: [] },
      }),
    },
    () => clock.now,
    { ...LIVE_FEED_LIMITS, ...limits },
  );

  /** The cell of a class becomes better. */
  function improve(classId: number): void {
    const confidence = Math.fround((cells.get(classId)?.confidence ?? 0) + 1 / 4096);
    cells.set(classId, {
      ...{ classId, confidence, digest: 'ab'.repeat(32), genome: new Uint8Array(genomeBytes).fill(1) },
      ...{ island: 0, evaluation: 1, changed: clock.now },
    });
    feed.changed(classId);
  }

  function connect({ takes }: { takes: boolean } = { takes: true }) {
    const page = {
      takes,
      buffered: 0,
      most: 0,
      /** What the page knows of each class. */
      known: new Map<number, number>(),
      messages: [] as { readonly at: number; readonly message: LiveMessage }[],
      client: undefined as LiveClient | undefined,
      /** Takes what waits, and from now on everything at once. */
      take() {
        page.takes = true;
        page.buffered = 0;
        if (page.client) feed.drained(page.client);
      },
    };
    const client: LiveClient = {
      get bufferedAmount() {
        return page.buffered;
      },
      send(bytes) {
        const message = decodeLive(bytes);
        if (!page.takes) page.buffered += bytes.length;
        page.most = Math.max(page.most, page.buffered);
        page.messages.push({ at: clock.now, message });
        if (message.type !== 'cells') return;
        for (const { classId, confidence } of message.cells) page.known.set(classId, confidence);
      },
    };
    page.client = client;
    feed.join(client);
    return page;
  }

  function wait(milliseconds: number): void {
    for (let passed = 0; passed < milliseconds; passed += 250) {
      clock.now += 250;
      feed.tick();
    }
  }

  const truth = () => new Map([...cells].map(([classId, { confidence }]) => [classId, confidence]));
  return { feed, clock, cells, improve, connect, wait, truth };
}

type Page = ReturnType<ReturnType<typeof startFeed>['connect']>;

/** When a page was told of each class. */
function timesOf(page: Page): Map<number, number[]> {
  const times = new Map<number, number[]>();
  for (const { at, message } of page.messages) {
    if (message.type !== 'cells') continue;
    for (const { classId } of message.cells) times.set(classId, [...(times.get(classId) ?? []), at]);
  }
  return times;
}

const isComplete = ({ messages }: Page) =>
  messages.some(({ message }) => message.type === 'cells' && message.complete);

describe('the live feed', () => {
  it('tells whoever comes how the run stands and all of its cells, the last message saying that it is the last', () => {
    const { improve, connect, truth } = startFeed({ messageBytes: 1000 });
    for (let classId = 0; classId < 100; classId++) improve(classId);
    const page = connect();
    expect(page.messages[0]?.message.type).toBe('status');
    expect(page.known).toEqual(truth());
    const cells = page.messages.flatMap(({ message }) => (message.type === 'cells' ? [message] : []));
    expect(cells.length).toBeGreaterThan(10);
    expect(cells.map(({ complete }) => complete)).toEqual(cells.map((_, i) => i === cells.length - 1));
  });

  it('says of an empty archive, too, that this is all', () => {
    expect(isComplete(startFeed().connect())).toBe(true);
  });

  it('tells of a class at most once a second, and then how it is by now', () => {
    const { improve, connect, wait, truth } = startFeed();
    const page = connect();
    for (let i = 0; i < 40; i++) {
      improve(7);
      wait(250);
    }
    const times = timesOf(page).get(7) ?? [];
    expect(times.length).toBe(10);
    wait(1000);
    expect(page.known).toEqual(truth());
  });

  it('tells how the run stands once a second', () => {
    const { connect, wait } = startFeed();
    const page = connect();
    wait(10_000);
    const statuses = page.messages.filter(({ message }) => message.type === 'status');
    expect(statuses.length).toBe(11);
  });

  it('sends the very same bytes to all who are up to date', () => {
    const { feed, improve, wait } = startFeed();
    const sent: Uint8Array[][] = [[], []];
    for (const list of sent) feed.join({ bufferedAmount: 0, send: (bytes) => list.push(bytes) });
    wait(1000);
    improve(1);
    wait(1000);
    expect(sent[0]?.length).toBe(5);
    expect(sent[0]?.slice(2).every((bytes, i) => bytes === sent[1]?.[i + 2])).toBe(true);
  });

  it('queues nothing for a client that takes nothing, and skips it ahead when it does', () => {
    const { improve, connect, wait, truth } = startFeed({ bufferedBytes: 10_000, messageBytes: 1000 });
    const page = connect({ takes: false });
    for (let second = 0; second < 600; second++) {
      for (let classId = 0; classId < 100; classId++) improve(classId);
      wait(1000);
    }
    expect(page.most).toBeLessThan(10_000 + 1000 + 200);
    const before = page.messages.length;
    page.take();
    wait(2000);
    expect(page.known).toEqual(truth());
    expect(page.messages.length - before).toBeLessThan(60);
  });

  it('begins with all of a large archive only as fast as the connection takes it', () => {
    const { improve, connect, wait, truth } = startFeed();
    for (let classId = 0; classId < 1000; classId++) improve(classId);
    wait(250);
    const page = connect({ takes: false });
    expect(isComplete(page)).toBe(true);
    const slow = startFeed({}, 1000);
    for (let classId = 0; classId < 1000; classId++) slow.improve(classId);
    const other = slow.connect({ takes: false });
    expect(isComplete(other)).toBe(false);
    expect(other.most).toBeLessThan(LIVE_FEED_LIMITS.bufferedBytes + LIVE_FEED_LIMITS.messageBytes + 1100);
    other.take();
    expect(isComplete(other)).toBe(true);
    expect(other.known).toEqual(slow.truth());
    expect(page.known).toEqual(truth());
  });

  it('ends with what is true for every client, whatever happened when, and never hurries any', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('improve' as const), classId: fc.nat(9) }),
      fc.record({ do: fc.constant('wait' as const), ticks: fc.nat(3) }),
      fc.record({ do: fc.constantFrom('connect' as const, 'stall' as const, 'take' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { improve, connect, wait, truth } = startFeed({ bufferedBytes: 500, messageBytes: 400 });
        const pages = [connect()];
        for (const each of steps) {
          if (each.do === 'improve') improve(each.classId);
          if (each.do === 'wait') wait(250 * each.ticks);
          if (each.do === 'connect') pages.push(connect());
          for (const page of pages) {
            if (each.do === 'stall') page.takes = false;
            if (each.do === 'take') page.take();
          }
        }
        for (const page of pages) page.take();
        wait(3000);
        for (const page of pages) {
          expect(page.known).toEqual(truth());
          for (const times of timesOf(page).values()) {
            for (const [i, at] of times.entries()) {
              if (i > 0) expect(at - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(1000);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells few clients of changes at once, and many of them once a second', () => {
    const { improve, connect, wait } = startFeed({ livelyClients: 2 });
    const pages = [connect(), connect()];
    const timesOfOne = () => pages.map((page) => [...timesOf(page).values()].flat().length);
    wait(1000);
    for (let classId = 0; classId < 4; classId++) {
      improve(classId);
      wait(250);
    }
    expect(timesOfOne()).toEqual([4, 4]);
    pages.push(connect());
    const before = pages[0]?.messages.length ?? 0;
    for (let classId = 4; classId < 12; classId++) {
      improve(classId);
      wait(250);
    }
    wait(1000);
    expect(timesOfOne()).toEqual([12, 12, 12]);
    // In three seconds: three times the state, three times what changed.
    expect((pages[0]?.messages.length ?? 0) - before).toBe(6);
  });

  it('forgets who has left', () => {
    const { feed, improve, connect, wait } = startFeed();
    const page = connect();
    if (page.client) feed.leave(page.client);
    const before = page.messages.length;
    improve(1);
    wait(5000);
    expect(page.messages.length).toBe(before);
  });
});
