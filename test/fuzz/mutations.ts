import type { RandomStream } from '../../protocol/base/random.js';
import { encodeMessage } from '../../protocol/wire/codec.js';
import { atoll } from '../../protocol/wire/generated/atoll.js';
import { type Message, PROTOCOL_VERSION } from '../../protocol/wire/messages.js';
import { NO_TOTALS } from '../../protocol/wire/totals.js';

/** Messages as no island of ours would send them: broken, foreign, and whole but absurd. */

const CHECKPOINT = { totals: { ...NO_TOTALS, evaluations: 1 }, random: Buffer.alloc(16, 3) };

/** One message of each kind, whole; `genome` is a genome's canonical bytes. */
export function wholeMessages(genome: Uint8Array): Uint8Array[] {
  const entry = { genome, classIds: [1, 3], confidences: [0.25, 0.5], evaluation: 1, island: 0 };
  const { genome: _, ...found } = entry;
  const ancestor = { ...found, digest: 'cd'.repeat(32) };
  const gap = { dropped: 3, fromEvaluation: 1, toEvaluation: 9 };
  const messages: Message[] = [
    { type: 'join', worker: 'stranger', pid: 1 },
    { type: 'improvements', island: 1, sequence: 1, entries: [entry], checkpoint: CHECKPOINT },
    { type: 'improvements', island: 2, sequence: 2, entries: [entry, entry] },
    { type: 'improvements', island: 0, sequence: 3, entries: [ancestor, entry], checkpoint: CHECKPOINT, gap },
    { type: 'heartbeat', island: 1, device: 'cpu', modelDigest: 'ab', totals: NO_TOTALS },
    { type: 'migrants', island: 1, destinations: [0, 2], entries: [entry] },
    { type: 'command', command: { type: 'stop' } },
    { type: 'farewell', island: 1, ending: 'done', error: '', totals: NO_TOTALS },
    { type: 'refusal', reason: 'no' },
  ];
  return messages.map(encodeMessage);
}

const ABSURD = [Number.NaN, Number.POSITIVE_INFINITY, -1, 2, -0, 1e38] as const;

/** Whole protobuf with values that nothing of ours would put there. */
function absurd(genome: Uint8Array, random: RandomStream): Uint8Array {
  const pick = <T>(values: readonly [T, ...T[]]): T => values[random.below(values.length)] ?? values[0];
  const island = pick([0, 1, 0xffff_ffff]);
  const entry = {
    genome: pick([
      genome,
      genome.subarray(0, random.below(genome.length)),
      new Uint8Array(random.below(2000)),
    ]),
    classIds: Array.from({ length: random.below(4) }, () => pick([0, 9, 10, 0xffff_ffff])),
    confidences: Array.from({ length: random.below(4) }, () => pick(ABSURD)),
    parent: new Uint8Array(pick([0, 1, 32, 33])),
    parentClass: pick([0, 10, 0xffff_ffff]),
    digest: new Uint8Array(pick([0, 1, 32, 33])),
    evaluation: pick([0, 1, Number.MAX_SAFE_INTEGER]),
    island,
  };
  const totals = { ...NO_TOTALS, renderSeconds: pick(ABSURD), jumps: pick([0, Number.MAX_SAFE_INTEGER]) };
  const checkpoint = { totals, random: new Uint8Array(pick([0, 16, 17])).fill(random.below(2)) };
  const body = pick<atoll.Envelope.$Properties>([
    { improvements: { island, sequence: 1, entries: [entry, entry], checkpoint } },
    {
      improvements: {
        ...{ island, sequence: 1, entries: [{ ...entry, genome: new Uint8Array() }], checkpoint },
        gap: {
          dropped: pick([0, 1, Number.MAX_SAFE_INTEGER]),
          fromEvaluation: pick([0, 9]),
          toEvaluation: 4,
        },
      },
    },
    { heartbeat: { island, device: 'x'.repeat(random.below(5000)), modelDigest: '', totals } },
    {
      farewell: {
        island,
        error: '\u0000'.repeat(random.below(5000)),
        totals,
        ending: pick<number>([0, 1, 4, 99]),
      },
    },
    { join: { worker: pick(['', '../../etc', 'w'.repeat(5000)]), pid: 0 } },
    { migrants: { island, destinations: [island, island], entries: [entry] } },
  ]);
  return atoll.Envelope.encode({ version: pick([PROTOCOL_VERSION, 0, 99]), ...body }).finish();
}

/** The next invalid message: damaged, spliced, of random bytes, or absurd. */
export function nextMessage(
  whole: readonly Uint8Array[],
  genome: Uint8Array,
  random: RandomStream,
): Uint8Array {
  const some = () => Buffer.from(whole[random.below(whole.length)] ?? []);
  const bytes = some();
  switch (random.below(6)) {
    case 0:
      for (let flips = random.below(8); flips >= 0; flips--) {
        const at = random.below(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      }
      return bytes;
    case 1:
      return bytes.subarray(0, random.below(bytes.length));
    case 2:
      return Buffer.concat([bytes.subarray(0, random.below(bytes.length)), some()]);
    case 3:
      return Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256)));
    default:
      return absurd(genome, random);
  }
}
