import { describe, expect, it } from 'vitest';
import type { Elite } from '../../../protocol/archive/elite.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { RunSpecInput } from '../../../protocol/spec/run-spec.js';
import type { Improvements, Migrants } from '../../../protocol/wire/messages.js';
import { createDispatch } from '../../../worker/island/dispatch.js';
import { foundIsland, stripesSpec } from './fixtures.js';

/** A link whose answers the test gives, and everything that was sent over it. */
function createRecordingLink() {
  const sent: { improvements: Improvements[]; migrants: Migrants[] } = { improvements: [], migrants: [] };
  const answers: { store: () => void; fail: () => void }[] = [];
  const state = { busy: false };
  const limits: { maxBytes?: number } = {};
  return {
    limits,
    get maxBytes() {
      return limits.maxBytes ?? Number.POSITIVE_INFINITY;
    },
    sent,
    answers,
    state,
    improve(improvements: Improvements) {
      sent.improvements.push(improvements);
      return new Promise<void>((store, reject) => {
        answers.push({ store, fail: () => reject(new Error('gone')) });
      });
    },
    migrate(migrants: Migrants) {
      if (state.busy) return false;
      sent.migrants.push(migrants);
      return true;
    },
  };
}

const STEP_SECONDS = 0.125;

async function setUp(migration: RunSpecInput['migration'] = {}, historyBytes?: number) {
  const spec = stripesSpec({ migration: { interval: 1, ...migration } });
  const island = foundIsland(spec);
  const link = createRecordingLink();
  const clock = { now: 0 };
  const dispatch = createDispatch({
    ...{ number: 0, island, link, migration: spec.migration, random: randomFrom(1) },
    clock: () => clock.now,
    ...(historyBytes !== undefined && { historyBytes }),
  });
  /** Each takes as long as a coordinator's commits are apart, or longer. */
  const step = async (): Promise<readonly Elite[]> => {
    const won = await island.step(100);
    clock.now += STEP_SECONDS;
    dispatch.add(won);
    return won;
  };
  return { island, link, clock, dispatch, step };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('improvements', () => {
  it('one message is in flight; what comes meanwhile waits, all of it, in the order of winning', async () => {
    const { island, link, dispatch, step } = await setUp();
    await step();
    dispatch.flush([]);
    const won: Elite[] = [];
    for (let i = 0; i < 20; i++) {
      won.push(...(await step()));
      dispatch.flush([]);
    }
    expect(link.sent.improvements).toHaveLength(1);
    link.answers[0]?.store();
    await settled();
    dispatch.flush([]);
    expect(link.sent.improvements.map(({ sequence }) => sequence)).toEqual([1, 2]);
    const classIds = link.sent.improvements[1]?.entries.flatMap((entry) => entry.classIds) ?? [];
    expect(classIds).toEqual(won.map(({ classId }) => classId));
    expect(new Set(classIds).size).toBeLessThan(classIds.length);
    expect(link.sent.improvements[1]?.checkpoint).toEqual(island.checkpoint());
  });

  it('what could not be stored is sent again, and is pending until it is', async () => {
    const { link, clock, dispatch, step } = await setUp();
    const won = await step();
    const pending = [dispatch.pending];
    dispatch.flush([]);
    pending.push(dispatch.pending);
    link.answers[0]?.fail();
    await settled();
    pending.push(dispatch.pending);
    clock.now += STEP_SECONDS;
    dispatch.flush([]);
    expect(pending).toEqual(pending.map(() => won.length));
    link.answers[1]?.store();
    await settled();
    expect(dispatch.pending).toBe(0);
    const classIds = link.sent.improvements[1]?.entries.flatMap((entry) => entry.classIds);
    expect(classIds).toEqual(won.map(({ classId }) => classId));
  });

  it('however soon the broker answers, ten messages a second are sent at the most, the first at once', async () => {
    const { link, clock, dispatch, step } = await setUp();
    const began = clock.now;
    for (let evaluation = 0; evaluation < 100; evaluation++) {
      await step();
      clock.now = began + evaluation / 100;
      dispatch.flush([]);
      for (const { store } of link.answers) store();
      await settled();
    }
    expect(link.sent.improvements[0]?.checkpoint?.totals.evaluations).toBe(4);
    expect(link.sent.improvements.length).toBeGreaterThan(3);
    expect(link.sent.improvements.length).toBeLessThanOrEqual(10);
  });

  it('a flush that is too large for one message goes in several; its state comes last, once those are stored', async () => {
    const { island, link, dispatch, step } = await setUp();
    link.limits.maxBytes = 350;
    const won: Elite[] = [];
    for (let i = 0; i < 8; i++) won.push(...(await step()));
    dispatch.flush([]);
    const earlier = link.sent.improvements.length;
    expect(earlier).toBeGreaterThan(1);
    expect(link.sent.improvements.every(({ checkpoint }) => checkpoint === undefined)).toBe(true);
    for (const { store } of link.answers) store();
    await settled();
    const sent = link.sent.improvements;
    expect(sent.map(({ sequence }) => sequence)).toEqual(sent.map((_, i) => i + 1));
    expect(sent).toHaveLength(earlier + 1);
    expect(sent.at(-1)?.checkpoint).toEqual(island.checkpoint());
    const classIds = sent.flatMap(({ entries }) => entries.flatMap((entry) => entry.classIds));
    expect(classIds).toEqual(won.map(({ classId }) => classId));
  });

  it('a state is not sent when an elite that it accounts for could not be stored', async () => {
    const { link, dispatch, step } = await setUp();
    link.limits.maxBytes = 350;
    for (let i = 0; i < 8; i++) await step();
    dispatch.flush([]);
    const earlier = link.answers.length;
    link.answers[0]?.fail();
    await settled();
    expect(link.sent.improvements).toHaveLength(earlier);
  });

  it('an elite that can never be stored ends the island with a sentence', async () => {
    const { link, dispatch, step } = await setUp();
    link.limits.maxBytes = 10;
    await step();
    dispatch.flush([]);
    await settled();
    expect(() => dispatch.flush([])).toThrow(/max_payload/);
    await expect(dispatch.settle()).rejects.toThrow(/max_payload/);
  });

  it('an island that improves nothing still has its state stored now and then', async () => {
    const { link, clock, dispatch } = await setUp();
    dispatch.flush([]);
    expect(link.sent.improvements).toHaveLength(0);
    clock.now = 60;
    dispatch.flush([]);
    expect(link.sent.improvements).toMatchObject([{ entries: [] }]);
    expect(link.sent.improvements[0]?.checkpoint).toBeDefined();
  });

  it('what had to be dropped while nobody answered is told with the state, and told again until it is stored', async () => {
    const { link, clock, dispatch, step } = await setUp({}, 0);
    const won: Elite[] = [];
    for (let i = 0; i < 20; i++) won.push(...(await step()));
    dispatch.flush([]);
    const [first] = link.sent.improvements;
    expect(first?.gap?.dropped).toBeGreaterThan(0);
    const told = first?.entries.flatMap(({ classIds }) => classIds) ?? [];
    expect(told.length + (first?.gap?.dropped ?? 0)).toBe(won.length);
    link.answers[0]?.fail();
    await settled();
    clock.now += STEP_SECONDS;
    dispatch.flush([]);
    expect(link.sent.improvements[1]).toMatchObject({ entries: first?.entries, gap: first?.gap });
    link.answers[1]?.store();
    await settled();
    const settling = dispatch.settle();
    await settled();
    link.answers[2]?.store();
    await settling;
    expect(link.sent.improvements[2]?.gap).toBeUndefined();
  });

  it('settling ends with the last state, whether or not anyone answers', async () => {
    const { island, link, dispatch, step } = await setUp();
    await step();
    dispatch.flush([]);
    const settling = dispatch.settle();
    link.answers[0]?.store();
    await settled();
    link.answers[1]?.fail();
    await settling;
    expect(link.sent.improvements[1]?.checkpoint).toEqual(island.checkpoint());
  });
});

describe('arrivals', () => {
  it('are counted by their source and told with the state, with the last message of a flush only', async () => {
    const { link, dispatch, step } = await setUp();
    link.limits.maxBytes = 350;
    const won: Elite[] = [];
    for (let i = 0; i < 8; i++) won.push(...(await step()));
    const [one, two] = [won.slice(0, 1), won.slice(0, 2)];
    dispatch.arrived(3, two, one);
    dispatch.arrived(1, one, []);
    dispatch.arrived(3, two, two);
    dispatch.flush([]);
    for (const { store } of link.answers) store();
    await settled();
    const arrivals = [
      { source: 1, moved: 1, won: 0 },
      { source: 3, moved: 4, won: 3 },
    ];
    const told = link.sent.improvements.map((message) => message.arrivals);
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual([...told.slice(1).map(() => undefined), arrivals]);
    link.answers.at(-1)?.store();
    await settled();
    const settling = dispatch.settle();
    await settled();
    link.answers.at(-1)?.store();
    await settling;
    expect(link.sent.improvements.at(-1)?.arrivals).toEqual([]);
  });

  it('are told again, together with later ones, when the flush failed', async () => {
    const { link, clock, dispatch, step } = await setUp();
    const won = await step();
    dispatch.arrived(3, won, won);
    dispatch.flush([]);
    dispatch.arrived(3, won, []);
    link.answers[0]?.fail();
    await settled();
    clock.now += STEP_SECONDS;
    dispatch.flush([]);
    const { length } = won;
    expect(link.sent.improvements.at(-1)?.arrivals).toEqual([{ source: 3, moved: 2 * length, won: length }]);
  });
});

describe('emigrants', () => {
  it('go to the neighbours once they are stored, each elite once', async () => {
    const { link, dispatch, step } = await setUp();
    await step();
    dispatch.flush([1, 2]);
    dispatch.flush([1, 2]);
    await settled();
    expect(link.sent.migrants).toHaveLength(0);
    link.answers[0]?.store();
    await settled();
    dispatch.flush([1, 2]);
    expect(link.sent.migrants).toHaveLength(1);
    expect(link.sent.migrants[0]?.destinations).toEqual([1, 2]);
  });

  it('wait until the interval is over', async () => {
    const { link, dispatch, step } = await setUp({ interval: 10 });
    for (let i = 0; i < 6; i++) {
      await step();
      dispatch.flush([1]);
      link.answers.at(-1)?.store();
      await settled();
    }
    // Batches of four: the interval is over at 12 and at 24.
    expect(link.sent.migrants).toHaveLength(2);
  });

  it('are not lost when the link is busy', async () => {
    const { link, dispatch, step } = await setUp();
    link.state.busy = true;
    const won = await step();
    dispatch.flush([1]);
    link.answers[0]?.store();
    await settled();
    link.state.busy = false;
    await step();
    dispatch.flush([1]);
    link.answers[1]?.store();
    await settled();
    const classIds = new Set(link.sent.migrants[0]?.entries.flatMap((entry) => entry.classIds));
    for (const { classId } of won) expect(classIds).toContain(classId);
  });
});
