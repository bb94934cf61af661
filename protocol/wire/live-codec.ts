import { ISLAND_STATES, RUN_STATES } from '../base/states.js';
import type { Digest } from '../encodings/genome.js';
import { amount, MalformedMessageError, share, text, whole } from './fields.js';
import { atoll } from './generated/atoll.js';
import { LIVE_VERSION, type LiveCell, type LiveEmitter, type LiveIsland, type LiveMessage } from './live.js';

/**
 * Live messages to bytes and back, in Node and in browsers. Whatever `decodeLive` returns is well formed: of this
 * version, with one known body, every number finite and in range. What a genome's bytes hold is not looked at here.
 */

const DIGEST_BYTES = 32;

export function encodeLive(message: LiveMessage): Uint8Array {
  return atoll.Live.encode({ version: LIVE_VERSION, ...bodyOf(message) }).finish();
}

function bodyOf(message: LiveMessage): atoll.Live.$Properties {
  switch (message.type) {
    case 'cells':
      return { cells: { cells: message.cells.map(toWireCell), complete: message.complete } };
    case 'status':
      return { status: { ...message, islands: [...message.islands], emitters: [...message.emitters] } };
  }
}

function toWireCell({ digest, genome, ...plain }: LiveCell): atoll.LiveCell.$Properties {
  return { ...plain, digest: bytesOf(digest), ...(genome && { genome }) };
}

/** The message that the bytes hold; throws a {@link MalformedMessageError}. Genomes may be views of `bytes`. */
export function decodeLive(bytes: Uint8Array): LiveMessage {
  let live: atoll.Live;
  try {
    live = atoll.Live.decode(bytes);
  } catch (cause) {
    throw new MalformedMessageError('malformed', 'not a live message', cause);
  }
  if (live.version !== LIVE_VERSION) {
    throw new MalformedMessageError(
      'wrong-version',
      `the live message has version ${live.version}, but this page reads version ${LIVE_VERSION}`,
    );
  }
  const { cells, status } = live;
  if (cells) {
    return {
      type: 'cells',
      cells: (cells.cells ?? []).map(fromWireCell),
      complete: cells.complete ?? false,
    };
  }
  if (status) {
    return {
      type: 'status',
      run: text(status.run),
      state: oneOf(RUN_STATES, status.state),
      seconds: amount(status.seconds),
      evaluations: whole(status.evaluations),
      evaluationsPerSecond: amount(status.evaluationsPerSecond),
      jumps: whole(status.jumps),
      goalSwitches: whole(status.goalSwitches),
      budgetEvaluations: whole(status.budgetEvaluations),
      budgetMinutes: amount(status.budgetMinutes),
      islands: (status.islands ?? []).map(fromWireIsland),
      cost: whole(status.cost),
      budgetCost: whole(status.budgetCost),
      emitters: (status.emitters ?? []).map(fromWireEmitter),
    };
  }
  throw new MalformedMessageError('malformed', 'a live message without a body');
}

function fromWireCell(cell: atoll.LiveCell.$Properties): LiveCell {
  const { genome } = cell;
  return {
    classId: whole(cell.classId),
    confidence: share(cell.confidence),
    digest: digestOf(cell.digest),
    ...(genome?.length && { genome }),
    island: whole(cell.island),
    evaluation: whole(cell.evaluation),
    changed: whole(cell.changed),
  };
}

function fromWireEmitter({
  name,
  evaluations,
  cost,
  improvement,
}: atoll.LiveEmitter.$Properties): LiveEmitter {
  return {
    name: text(name),
    evaluations: whole(evaluations),
    cost: whole(cost),
    improvement: amount(improvement),
  };
}

function fromWireIsland(island: atoll.LiveIsland.$Properties): LiveIsland {
  return {
    number: whole(island.number),
    worker: text(island.worker),
    device: text(island.device),
    state: oneOf(ISLAND_STATES, island.state),
    evaluations: whole(island.evaluations),
    evaluationsPerSecond: amount(island.evaluationsPerSecond),
  };
}

function oneOf<T extends string>(known: readonly T[], value: string | null | undefined): T {
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  throw new MalformedMessageError('malformed', `the state is none of ${known.join(', ')}`);
}

/** Every byte as two lower-case hexadecimal digits; `Buffer`, which could do it, is Node's alone. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const BYTES = new Map(HEX.map((digits, byte) => [digits, byte]));

function bytesOf(digest: Digest): Uint8Array {
  const bytes = new Uint8Array(DIGEST_BYTES);
  for (let i = 0; i < DIGEST_BYTES; i++) bytes[i] = BYTES.get(digest.slice(2 * i, 2 * i + 2)) ?? 0;
  return bytes;
}

function digestOf(bytes: Uint8Array | null | undefined): Digest {
  if (bytes?.length !== DIGEST_BYTES) {
    throw new MalformedMessageError('malformed', `a digest has ${bytes?.length ?? 0} bytes in place of 32`);
  }
  let digest = '';
  for (const byte of bytes) digest += HEX[byte];
  return digest;
}
