import protobuf from 'protobufjs/minimal.js';
import type { Digest } from '../encodings/genome.js';
import { amount, MalformedMessageError, text, whole } from './fields.js';
import { atoll } from './generated/atoll.js';
import type { MessageMemory } from './message-memory.js';
import {
  type Arrival,
  type Checkpoint,
  type Command,
  ENDINGS,
  type Ending,
  type Entry,
  type Find,
  type Gap,
  MAX_EMITTER_BYTES,
  type Message,
  type ModelPlace,
  PROTOCOL_VERSION,
} from './messages.js';
import { mapCounters, type Totals } from './totals.js';

/**
 * Messages to bytes and back. Whatever `decodeMessage` returns is well formed: of this protocol version, with one known
 * body, every list of the right length and every number finite and in range. The bytes of genomes are not looked
 * at here: see encodings/codec.ts.
 */

/** The bytes of a message, in an envelope that names the protocol version. */
export function encodeMessage(message: Message): Uint8Array {
  return encodeMessageIn({ take: Buffer.allocUnsafe }, message);
}

/** The same bytes, in memory taken once; where they turn out longer, elsewhere. */
export function encodeMessageIn(memory: Pick<MessageMemory, 'take'>, message: Message): Uint8Array {
  const body = bodyOf(message);
  const writer = protobuf.Writer.create();
  // Room for all genomes from the start: megabytes of direct ones would be copied each time that the buffer grows.
  writer.buf = memory.take(roomFor(body));
  return atoll.Envelope.encode({ version: PROTOCOL_VERSION, ...body }, writer).finish(true);
}

/** Bytes of a message besides its entries, as a rule; of an entry besides its genome and classes; of each class, at most. */
const ROOM = { message: 256, entry: 128, win: 9 };

function roomFor({ welcome, improvements, migrants }: atoll.Envelope.$Properties): number {
  const entries = improvements?.entries ?? migrants?.entries ?? welcome?.elites ?? [];
  return entries.reduce(
    (bytes, { genome, classIds }) =>
      bytes + ROOM.entry + (genome?.length ?? 0) + (classIds?.length ?? 0) * ROOM.win,
    ROOM.message,
  );
}

function bodyOf(message: Message): atoll.Envelope.$Properties {
  switch (message.type) {
    case 'join':
      return { join: message };
    case 'welcome': {
      const { checkpoint, elites, model, ...plain } = message;
      return {
        welcome: {
          ...plain,
          ...(model.type === 'directory'
            ? { modelDirectory: model.path }
            : { modelPackage: Buffer.from(model.digest, 'hex') }),
          neighbours: [...plain.neighbours],
          suspects: [...plain.suspects],
          checkpoint: checkpoint ?? null,
          elites: elites.map(toWireEntry),
        },
      };
    }
    case 'refusal':
      return { refusal: message };
    case 'improvements':
      return {
        improvements: {
          island: message.island,
          sequence: message.sequence,
          entries: message.entries.map(toWireEntry),
          checkpoint: message.checkpoint ?? null,
          arrivals: [...(message.arrivals ?? [])],
          gap: message.gap ?? null,
        },
      };
    case 'stored':
      return { stored: message };
    case 'heartbeat':
      return { heartbeat: message };
    case 'migrants':
      return {
        migrants: {
          island: message.island,
          destinations: [...message.destinations],
          entries: message.entries.map(toWireEntry),
        },
      };
    case 'command':
      return { command: toWireCommand(message.command) };
    case 'farewell':
      return { farewell: { ...message, ending: ENDINGS.indexOf(message.ending) + 1 } };
    case 'audit':
      return { audit: { ...message, classIds: [...message.classIds] } };
    case 'audited':
      return { audited: { ...message, confidences: [...message.confidences] } };
  }
}

function toWireCommand(command: Command): atoll.Command.$Properties {
  switch (command.type) {
    case 'pause':
      return { pause: {} };
    case 'resume':
      return { resume: {} };
    case 'stop':
      return { stop: {} };
    case 'neighbours':
      return { neighbours: { islands: [...command.islands], suspects: [...command.suspects] } };
  }
}

function toWireEntry(entry: Find): atoll.Entry.$Properties {
  return {
    ...('genome' in entry ? { genome: entry.genome } : { digest: Buffer.from(entry.digest, 'hex') }),
    classIds: [...entry.classIds],
    confidences: [...entry.confidences],
    evaluation: entry.evaluation,
    ...(entry.cost !== undefined && { cost: entry.cost }),
    island: entry.island,
    ...(entry.parent && {
      parent: Buffer.from(entry.parent.digest, 'hex'),
      parentClass: entry.parent.classId,
    }),
  };
}

/** The message that the bytes hold; throws a {@link MalformedMessageError}. Arrays may be views of `bytes`. */
export function decodeMessage(bytes: Uint8Array): Message {
  let envelope: atoll.Envelope;
  try {
    envelope = atoll.Envelope.decode(bytes);
  } catch (cause) {
    throw new MalformedMessageError('malformed', 'not an Atoll message', cause);
  }
  if (envelope.version !== PROTOCOL_VERSION) {
    throw new MalformedMessageError(
      'wrong-version',
      `the message has protocol version ${envelope.version}, but this Atoll speaks version ${PROTOCOL_VERSION}`,
    );
  }
  const {
    join,
    welcome,
    refusal,
    improvements,
    stored,
    heartbeat,
    migrants,
    command,
    farewell,
    audit,
    audited,
  } = envelope;
  if (join) return { type: 'join', worker: text(join.worker), pid: whole(join.pid) };
  if (welcome) {
    return {
      type: 'welcome',
      island: whole(welcome.island),
      spec: text(welcome.spec),
      modelDigest: text(welcome.modelDigest),
      model: modelPlaceOf(welcome),
      evaluationQuota: whole(welcome.evaluationQuota),
      costQuota: whole(welcome.costQuota),
      neighbours: (welcome.neighbours ?? []).map(whole),
      ...(welcome.checkpoint && { checkpoint: fromWireCheckpoint(welcome.checkpoint) }),
      elites: (welcome.elites ?? []).map(fromWireEntry),
      suspects: (welcome.suspects ?? []).map(whole),
    };
  }
  if (refusal) return { type: 'refusal', reason: text(refusal.reason) };
  if (improvements) {
    return {
      type: 'improvements',
      island: whole(improvements.island),
      sequence: whole(improvements.sequence),
      entries: (improvements.entries ?? []).map(fromWireFind),
      ...(improvements.checkpoint && { checkpoint: fromWireCheckpoint(improvements.checkpoint) }),
      ...(improvements.arrivals?.length && { arrivals: improvements.arrivals.map(fromWireArrival) }),
      ...(improvements.gap && { gap: fromWireGap(improvements.gap) }),
    };
  }
  if (stored) return { type: 'stored', sequence: whole(stored.sequence) };
  if (heartbeat) {
    return {
      type: 'heartbeat',
      island: whole(heartbeat.island),
      device: text(heartbeat.device),
      modelDigest: text(heartbeat.modelDigest),
      totals: fromWireTotals(heartbeat.totals),
    };
  }
  if (migrants) {
    return {
      type: 'migrants',
      island: whole(migrants.island),
      destinations: (migrants.destinations ?? []).map(whole),
      entries: (migrants.entries ?? []).map(fromWireEntry),
    };
  }
  if (command) return { type: 'command', command: fromWireCommand(command) };
  if (farewell) {
    return {
      type: 'farewell',
      island: whole(farewell.island),
      ending: endingOf(farewell.ending),
      error: text(farewell.error),
      totals: fromWireTotals(farewell.totals),
    };
  }
  if (audit) {
    return {
      type: 'audit',
      number: whole(audit.number),
      genome: audit.genome ?? new Uint8Array(),
      classIds: (audit.classIds ?? []).map(whole),
    };
  }
  if (audited) {
    return {
      type: 'audited',
      island: whole(audited.island),
      number: whole(audited.number),
      confidences: audited.confidences ?? [],
    };
  }
  throw new MalformedMessageError('malformed', 'a message without a body');
}

function modelPlaceOf({ modelDirectory, modelPackage }: atoll.Welcome.$Properties): ModelPlace {
  const digest = digestIn(modelPackage);
  if (digest !== undefined) return { type: 'package', digest };
  if (modelDirectory != null) return { type: 'directory', path: modelDirectory };
  throw new MalformedMessageError('malformed', 'a welcome that does not say where the model is');
}

function endingOf(wire: number | null | undefined): Ending {
  const ending = ENDINGS[(wire ?? 0) - 1];
  if (ending !== undefined) return ending;
  throw new MalformedMessageError('malformed', 'a farewell that does not say how the island ends');
}

function fromWireCommand(command: atoll.Command.$Properties): Command {
  if (command.pause) return { type: 'pause' };
  if (command.resume) return { type: 'resume' };
  if (command.stop) return { type: 'stop' };
  if (command.neighbours) {
    const { islands, suspects } = command.neighbours;
    return {
      type: 'neighbours',
      islands: (islands ?? []).map(whole),
      suspects: (suspects ?? []).map(whole),
    };
  }
  throw new MalformedMessageError('malformed', 'a command of no known kind');
}

function fromWireCheckpoint(checkpoint: atoll.Checkpoint.$Properties): Checkpoint {
  const random = checkpoint.random ?? new Uint8Array();
  if (random.length !== 16 || random.every((byte) => byte === 0)) {
    throw new MalformedMessageError(
      'malformed',
      `the random state has ${random.length} bytes in place of 16, or is all zero`,
    );
  }
  const emitter = checkpoint.emitter ?? new Uint8Array();
  if (emitter.length > MAX_EMITTER_BYTES) {
    throw new MalformedMessageError('malformed', `the emitter's state has ${emitter.length} bytes`);
  }
  // Copied: a coordinator keeps each island's, and would keep the whole message with it.
  return {
    totals: fromWireTotals(checkpoint.totals),
    random: new Uint8Array(random),
    ...(emitter.length > 0 && { emitter: new Uint8Array(emitter) }),
  };
}

function fromWireTotals(totals: atoll.Totals.$Properties | null | undefined): Totals {
  return mapCounters(({ key, unit }) => (unit === 'count' ? whole(totals?.[key]) : amount(totals?.[key])));
}

function fromWireEntry(entry: atoll.Entry.$Properties): Entry {
  const find = fromWireFind(entry);
  if ('genome' in find) return find;
  throw new MalformedMessageError('malformed', 'an entry needs a genome');
}

function fromWireFind(entry: atoll.Entry.$Properties): Find {
  const classIds = (entry.classIds ?? []).map(whole);
  const confidences = entry.confidences ?? [];
  const genome = entry.genome ?? new Uint8Array();
  const digest = digestIn(entry.digest);
  const parent = digestIn(entry.parent);
  const cost = whole(entry.cost);
  if (classIds.length !== confidences.length) {
    throw new MalformedMessageError('malformed', 'an entry needs one confidence for each of its classes');
  }
  const found = {
    classIds,
    confidences,
    ...(parent !== undefined && { parent: { digest: parent, classId: whole(entry.parentClass) } }),
    evaluation: whole(entry.evaluation),
    ...(cost > 0 && { cost }),
    island: whole(entry.island),
  };
  if (genome.length > 0 && digest === undefined && classIds.length > 0) return { genome, ...found };
  if (genome.length === 0 && digest !== undefined) return { digest, ...found };
  throw new MalformedMessageError('malformed', 'an entry needs a genome and a class, or a digest instead');
}

/** A digest as it travels: 32 bytes, or none for nothing. */
function digestIn(bytes: Uint8Array | null | undefined): Digest | undefined {
  const length = bytes?.length ?? 0;
  if (bytes == null || length === 0) return undefined;
  if (length === 32) return Buffer.from(bytes).toString('hex');
  throw new MalformedMessageError('malformed', `a digest has ${length} bytes in place of 32`);
}

function fromWireArrival({ source, moved, won }: atoll.Arrival.$Properties): Arrival {
  return { source: whole(source), moved: whole(moved), won: whole(won) };
}

function fromWireGap({ dropped, fromEvaluation, toEvaluation }: atoll.Gap.$Properties): Gap {
  const gap = {
    dropped: whole(dropped),
    fromEvaluation: whole(fromEvaluation),
    toEvaluation: whole(toEvaluation),
  };
  if (gap.dropped > 0 && gap.fromEvaluation <= gap.toEvaluation) return gap;
  throw new MalformedMessageError(
    'malformed',
    'a gap needs to have dropped something, from an evaluation on',
  );
}
