import { z } from 'zod';
import { type Play, WINDOW } from './bandit.js';

/** What a bandit and its emitters have learnt. */
export interface BanditState {
  /** The last plays that ended, the oldest first. */
  readonly plays: readonly Play[];
  /** The one under way; its cost may be 0. */
  readonly current: Play;
  /** What each emitter saved. */
  readonly emitters: readonly (Uint8Array | undefined)[];
}

/** Of the format: a byte, the length of the head in four (little-endian), the head as JSON, what each emitter saved. */
const VERSION = 1;
const HEAD = 5;

const amount = z.number().min(0);
const triple = z.tuple([z.int().min(0), amount, amount]);
const headSchema = z.strictObject({
  plays: z.array(triple).max(WINDOW),
  current: triple,
  /** Bytes that each emitter saved; −1: nothing. */
  lengths: z.array(z.int().min(-1)),
});

/** JSON writes each number so that it is read back the very same. */
export function writeBanditState({ plays, current, emitters }: BanditState): Uint8Array {
  const tripleOf = ({ arm, cost, improvement }: Play) => [arm, cost, improvement];
  const head = Buffer.from(
    JSON.stringify({
      plays: plays.map(tripleOf),
      current: tripleOf(current),
      lengths: emitters.map((state) => state?.length ?? -1),
    }),
  );
  const start = Buffer.alloc(HEAD);
  start[0] = VERSION;
  start.writeUInt32LE(head.length, 1);
  return new Uint8Array(Buffer.concat([start, head, ...emitters.filter((state) => state !== undefined)]));
}

/** Throws an Error unless the bytes are those of a bandit with so many arms. */
export function readBanditState(bytes: Uint8Array, arms: number): BanditState {
  const buffer = Buffer.from(bytes);
  if (buffer.length < HEAD || buffer[0] !== VERSION) throw new Error('not a state of the bandit, version 1');
  const end = HEAD + buffer.readUInt32LE(1);
  const { plays, current, lengths } = headSchema.parse(JSON.parse(buffer.toString('utf8', HEAD, end)));
  const all = [...plays, current].map(([arm, cost, improvement]) => ({ arm, cost, improvement }));
  if (lengths.length !== arms || all.some(({ arm }) => arm >= arms)) {
    throw new Error('a state of a bandit with other arms');
  }
  let offset = end;
  const emitters = lengths.map((length) => {
    if (length < 0) return undefined;
    offset += length;
    return bytes.slice(offset - length, offset);
  });
  if (offset !== bytes.length) throw new Error('a state of the bandit that is cut');
  const last = all.pop();
  if (last === undefined) throw new Error('a state of the bandit without a play');
  return { plays: all, current: last, emitters };
}
