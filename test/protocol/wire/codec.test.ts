import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { decodeMessage, encodeMessage } from '../../../protocol/wire/codec.js';
import { MalformedMessageError } from '../../../protocol/wire/fields.js';
import { atoll } from '../../../protocol/wire/generated/atoll.js';
import {
  type Ancestor,
  type Checkpoint,
  ENDINGS,
  type Entry,
  type Message,
  PROTOCOL_VERSION,
} from '../../../protocol/wire/messages.js';
import { mapCounters, NO_TOTALS, type Totals } from '../../../protocol/wire/totals.js';

const whole = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const long = fc.maxSafeNat();
const confidence = fc
  .float({ min: 0, max: 1, noNaN: true, noDefaultInfinity: true })
  .filter((x) => !Object.is(x, -0));
const bytes = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array));
const digest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((array) => Buffer.from(array).toString('hex'));

const seconds = fc.double({ min: 0, max: 1e9, noNaN: true }).map((x) => x + 0);
const totals: fc.Arbitrary<Totals> = fc.record(
  mapCounters(({ unit }): fc.Arbitrary<number> => (unit === 'count' ? long : seconds)),
);
const checkpoint: fc.Arbitrary<Checkpoint> = fc.record({
  totals,
  random: fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .filter((array) => array.some((byte) => byte !== 0))
    // From an ArrayBuffer of this realm, as the codec makes it.
    .map((array) => new Uint8Array(array)),
});
const entry: fc.Arbitrary<Entry> = fc
  .record({
    genome: bytes(1, 40),
    holds: fc.array(fc.tuple(whole, confidence), { minLength: 1, maxLength: 5 }),
    parent: fc.option(fc.record({ digest, classId: whole })),
    evaluation: long,
    cost: fc.option(long.filter((cost) => cost > 0)),
    island: whole,
  })
  .map(({ holds, parent, cost, ...rest }) => ({
    ...rest,
    ...(cost !== null && { cost }),
    classIds: holds.map(([classId]) => classId),
    confidences: holds.map(([, value]) => value),
    ...(parent && { parent }),
  }));
const entries = fc.array(entry, { maxLength: 4 });
const ancestor: fc.Arbitrary<Ancestor> = fc
  .tuple(entry, digest, fc.boolean())
  .map(([{ genome: _, ...found }, digest, claims]) => ({
    ...found,
    digest,
    ...(!claims && { classIds: [], confidences: [] }),
  }));
const gap = fc
  .record({ dropped: fc.integer({ min: 1 }), fromEvaluation: whole, more: whole })
  .map(({ more, ...rest }) => ({ ...rest, toEvaluation: rest.fromEvaluation + more }));

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ type: fc.constant('join' as const), worker: fc.string(), pid: whole }),
  fc
    .record({
      type: fc.constant('welcome' as const),
      island: whole,
      spec: fc.string(),
      modelDigest: fc.string(),
      model: fc.oneof(
        fc.record({ type: fc.constant('directory' as const), path: fc.string() }),
        fc.record({ type: fc.constant('package' as const), digest }),
      ),
      evaluationQuota: long,
      costQuota: long,
      neighbours: fc.array(whole),
      suspects: fc.array(whole),
      checkpoint: fc.option(checkpoint),
      elites: entries,
    })
    .map(({ checkpoint, ...rest }) => ({ ...rest, ...(checkpoint && { checkpoint }) })),
  fc.record({ type: fc.constant('refusal' as const), reason: fc.string() }),
  fc
    .record({
      type: fc.constant('improvements' as const),
      island: whole,
      sequence: long,
      entries: fc.array(fc.oneof(entry, ancestor), { maxLength: 4 }),
      checkpoint: fc.option(checkpoint),
      gap: fc.option(gap),
      arrivals: fc.array(fc.record({ source: whole, moved: whole, won: whole }), { maxLength: 3 }),
    })
    .map(({ checkpoint, arrivals, gap, ...rest }) => ({
      ...rest,
      ...(gap && { gap }),
      ...(checkpoint && { checkpoint }),
      ...(arrivals.length > 0 && { arrivals }),
    })),
  fc.record({ type: fc.constant('stored' as const), sequence: long }),
  fc.record({
    type: fc.constant('heartbeat' as const),
    island: whole,
    device: fc.string(),
    modelDigest: fc.string(),
    totals,
  }),
  fc.record({
    type: fc.constant('migrants' as const),
    island: whole,
    destinations: fc.array(whole),
    entries,
  }),
  fc.record({
    type: fc.constant('command' as const),
    command: fc.oneof(
      fc.record({ type: fc.constantFrom('pause' as const, 'resume' as const, 'stop' as const) }),
      fc.record({
        type: fc.constant('neighbours' as const),
        islands: fc.array(whole),
        suspects: fc.array(whole),
      }),
    ),
  }),
  fc.record({
    type: fc.constant('farewell' as const),
    island: whole,
    error: fc.string(),
    totals,
    ending: fc.constantFrom(...ENDINGS),
  }),
  fc.record({
    type: fc.constant('audit' as const),
    number: long,
    genome: bytes(0, 40),
    classIds: fc.array(whole),
  }),
  fc.record({
    type: fc.constant('audited' as const),
    island: whole,
    number: long,
    confidences: fc.array(fc.float().map((x) => x + 0)),
  }),
);

describe('the message codec', () => {
  it('gives back every message as it was', () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(decodeMessage(encodeMessage(sent))).toEqual(sent);
      }),
      { numRuns: 500 },
    );
  });

  it('gives a checkpoint that may be kept without the message that it came in', () => {
    const whole = Buffer.alloc(1 << 20);
    const kept: Checkpoint = { totals: NO_TOTALS, random: new Uint8Array(16).fill(7) };
    const bytes = encodeMessage({
      type: 'improvements',
      island: 0,
      sequence: 1,
      entries: [],
      checkpoint: kept,
    });
    whole.set(bytes);
    const received = decodeMessage(whole.subarray(0, bytes.length));
    if (received.type !== 'improvements') throw new Error(`expected improvements, got ${received.type}`);
    expect(received.checkpoint?.random.buffer.byteLength).toBe(16);
  });

  it('refuses 100,000 damaged messages without ever failing otherwise', () => {
    const random = randomFrom(1, 'fuzz', 'messages');
    const originals = fc.sample(message, { numRuns: 100, seed: 1 }).map(encodeMessage);
    let refused = 0;
    for (let i = 0; i < 100_000; i++) {
      const original = originals[random.below(originals.length)] ?? new Uint8Array();
      const damaged = random.chance(0.2)
        ? original.slice(0, random.below(original.length + 1))
        : original.slice();
      const hits = 1 + random.below(4);
      for (let hit = 0; hit < hits && damaged.length > 0; hit++)
        damaged[random.below(damaged.length)] = random.below(256);
      try {
        const survivor = decodeMessage(damaged);
        // Whatever passes is whole: it can be sent on and means the same.
        expect(decodeMessage(encodeMessage(survivor)).type).toBe(survivor.type);
      } catch (error) {
        if (!(error instanceof MalformedMessageError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(10_000);
  });

  const FOUND = { classIds: [1], confidences: [0.5], evaluation: 1, island: 0 };
  const DIGEST = Buffer.alloc(32, 7);
  const envelope = (body: atoll.Envelope.$Properties) =>
    atoll.Envelope.encode({ version: PROTOCOL_VERSION, ...body }).finish();

  it.each<[string, atoll.Entry.$Properties]>([
    ['a genome and a digest', { ...FOUND, genome: DIGEST, digest: DIGEST }],
    ['neither a genome nor a digest', FOUND],
    ['half a digest', { ...FOUND, digest: DIGEST.subarray(0, 16) }],
    ['a genome that won nothing', { genome: DIGEST, evaluation: 1, island: 0 }],
    ['a digest and fewer confidences than classes', { ...FOUND, digest: DIGEST, confidences: [] }],
  ])('refuses an entry of %s', (_, entry) => {
    const bytes = envelope({ improvements: { island: 0, sequence: 1, entries: [entry] } });
    expect(() => decodeMessage(bytes)).toThrow(MalformedMessageError);
  });

  it('refuses entries without their genomes where they are to be drawn: in a welcome and between islands', () => {
    const entries = [{ ...FOUND, digest: DIGEST }];
    for (const body of [
      { migrants: { island: 0, destinations: [1], entries } },
      { welcome: { modelDirectory: '/m', elites: entries } },
    ]) {
      expect(() => decodeMessage(envelope(body))).toThrow(/needs a genome/);
    }
  });

  it.each<[string, atoll.Gap.$Properties]>([
    ['of nothing', { dropped: 0, fromEvaluation: 1, toEvaluation: 2 }],
    ['that ends before it begins', { dropped: 1, fromEvaluation: 3, toEvaluation: 2 }],
  ])('refuses a gap %s', (_, gap) => {
    const bytes = envelope({ improvements: { island: 0, sequence: 1, entries: [], gap } });
    expect(() => decodeMessage(bytes)).toThrow(/a gap needs/);
  });

  it('names both versions when the other end speaks another', () => {
    expect(() => decodeMessage(new Uint8Array([8, 9, 18, 0]))).toThrow(
      /has protocol version 9, but this Atoll speaks version 4/,
    );
  });
});
