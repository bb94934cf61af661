import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { ISLAND_STATES, RUN_STATES } from '../../../protocol/base/states.js';
import { MalformedMessageError } from '../../../protocol/wire/fields.js';
import { atoll } from '../../../protocol/wire/generated/atoll.js';
import { LIVE_VERSION, type LiveCell, type LiveMessage } from '../../../protocol/wire/live.js';
import { decodeLive, encodeLive } from '../../../protocol/wire/live-codec.js';

const whole = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const long = fc.maxSafeNat();
const amount = fc.double({ min: 0, max: 1e9, noNaN: true }).map((x) => x + 0);

const cell: fc.Arbitrary<LiveCell> = fc
  .record({
    classId: whole,
    confidence: fc.float({ min: 0, max: 1, noNaN: true }).map((x) => x + 0),
    digest: fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString('hex')),
    genome: fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes))),
    island: whole,
    evaluation: long,
    changed: long,
  })
  .map(({ genome, ...plain }) => ({ ...plain, ...(genome && { genome }) }));

const message: fc.Arbitrary<LiveMessage> = fc.oneof(
  fc.record({
    type: fc.constant('cells' as const),
    cells: fc.array(cell, { maxLength: 5 }),
    complete: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('status' as const),
    run: fc.string(),
    state: fc.constantFrom(...RUN_STATES),
    seconds: amount,
    evaluations: long,
    evaluationsPerSecond: amount,
    jumps: long,
    goalSwitches: long,
    budgetEvaluations: long,
    budgetMinutes: amount,
    cost: long,
    budgetCost: long,
    emitters: fc.array(fc.record({ name: fc.string(), evaluations: long, cost: long, improvement: amount }), {
      maxLength: 4,
    }),
    islands: fc.array(
      fc.record({
        number: whole,
        worker: fc.string(),
        device: fc.string(),
        state: fc.constantFrom(...ISLAND_STATES),
        evaluations: long,
        evaluationsPerSecond: amount,
      }),
      { maxLength: 4 },
    ),
  }),
);

const live = (body: atoll.Live.$Properties) => atoll.Live.encode({ version: LIVE_VERSION, ...body }).finish();

describe('the codec of live messages', () => {
  it('gives back every message as it was', () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(decodeLive(encodeLive(sent))).toEqual(sent);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses 20,000 damaged messages without ever failing otherwise', () => {
    const random = randomFrom(1, 'fuzz', 'live');
    const originals = fc.sample(message, { numRuns: 100, seed: 1 }).map(encodeLive);
    let refused = 0;
    for (let i = 0; i < 20_000; i++) {
      const original = originals[random.below(originals.length)] ?? new Uint8Array();
      const damaged = original.slice(0, random.chance(0.2) ? random.below(original.length + 1) : undefined);
      for (let hit = random.below(4); hit >= 0 && damaged.length > 0; hit--) {
        damaged[random.below(damaged.length)] = random.below(256);
      }
      try {
        const survivor = decodeLive(damaged);
        expect(decodeLive(encodeLive(survivor)).type).toBe(survivor.type);
      } catch (error) {
        if (!(error instanceof MalformedMessageError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });

  it('tells a page of another version that it is one', () => {
    const bytes = atoll.Live.encode({ version: LIVE_VERSION + 1, cells: {} }).finish();
    expect(() => decodeLive(bytes)).toThrow(expect.objectContaining({ reason: 'wrong-version' }));
  });

  const CELL = { classId: 1, confidence: 0.5, digest: Buffer.alloc(32, 7) };

  it.each<[string, atoll.Live.$Properties]>([
    ['no body', {}],
    ['a confidence above 1', { cells: { cells: [{ ...CELL, confidence: 1.5 }] } }],
    ['a confidence that is no number', { cells: { cells: [{ ...CELL, confidence: Number.NaN }] } }],
    ['half a digest', { cells: { cells: [{ ...CELL, digest: Buffer.alloc(16) }] } }],
    ['a run in no known state', { status: { state: 'asleep' } }],
    ['an island in no known state', { status: { state: 'running', islands: [{ state: 'asleep' }] } }],
  ])('refuses a message with %s', (_, body) => {
    expect(() => decodeLive(live(body))).toThrow(MalformedMessageError);
  });
});
