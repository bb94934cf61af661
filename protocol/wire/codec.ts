import type { Digest } from '../genome/genome.js';
import { amount, MalformedMessageError, text, whole } from './fields.js';
import { atoll } from './generated/atoll.js';
import type { Message } from './messages.js';
import {
  type Arrival,
  type Checkpoint,
  type Command,
  type Entry,
  type Find,
  type Gap,
  PROTOCOL_VERSION,
  type Totals,
} from './messages.js';

/**
 * Messages to bytes and back. Whatever `decodeMessage` returns is well formed: of this protocol version, with one known
 * body, every list of the right length and every number finite and in range. What a genome's bytes hold is not looked
 * at here: see genome/codec.ts.
 */

/** The bytes of a message, in an envelope that names the protocol version. */
export function encodeMessage(message: Message): Uint8Array {
  return atoll.Envelope.encode({ version: PROTOCOL_VERSION, ...bodyOf(message) }).finish();
}

function bodyOf(message: Message): atoll.Envelope.$Properties {
  switch (message.type) {
    case 'join':
      return { join: message };
    case 'welcome': {
      const { checkpoint, elites, ...plain } = message;
      return {
        welcome: {
          ...plain,
          neighbours: [...plain.neighbours],
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
      return { farewell: message };
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
      return { neighbours: { islands: [...command.islands] } };
  }
}

function toWireEntry(entry: Find): atoll.Entry.$Properties {
  return {
    ...('genome' in entry ? { genome: entry.genome } : { digest: Buffer.from(entry.digest, 'hex') }),
    classIds: [...entry.classIds],
    confidences: [...entry.confidences],
    evaluation: entry.evaluation,
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
  const { join, welcome, refusal, improvements, stored, heartbeat, migrants, command, farewell } = envelope;
  if (join) return { type: 'join', worker: text(join.worker), pid: whole(join.pid) };
  if (welcome) {
    return {
      type: 'welcome',
      island: whole(welcome.island),
      spec: text(welcome.spec),
      modelDigest: text(welcome.modelDigest),
      modelDirectory: text(welcome.modelDirectory),
      evaluationQuota: whole(welcome.evaluationQuota),
      neighbours: (welcome.neighbours ?? []).map(whole),
      ...(welcome.checkpoint && { checkpoint: fromWireCheckpoint(welcome.checkpoint) }),
      elites: (welcome.elites ?? []).map(fromWireEntry),
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
      error: text(farewell.error),
      totals: fromWireTotals(farewell.totals),
      exitCode: whole(farewell.exitCode),
    };
  }
  throw new MalformedMessageError('malformed', 'a message without a body');
}

function fromWireCommand(command: atoll.Command.$Properties): Command {
  if (command.pause) return { type: 'pause' };
  if (command.resume) return { type: 'resume' };
  if (command.stop) return { type: 'stop' };
  if (command.neighbours) {
    return { type: 'neighbours', islands: (command.neighbours.islands ?? []).map(whole) };
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
  // Copied: a coordinator keeps each island's, and would keep the whole message with it.
  return { totals: fromWireTotals(checkpoint.totals), random: new Uint8Array(random) };
}

function fromWireTotals(totals: atoll.Totals.$Properties | null | undefined): Totals {
  return {
    evaluations: whole(totals?.evaluations),
    generations: whole(totals?.generations),
    jumps: whole(totals?.jumps),
    goalSwitches: whole(totals?.goalSwitches),
    renderSeconds: amount(totals?.renderSeconds),
    classifySeconds: amount(totals?.classifySeconds),
    neutral: whole(totals?.neutral),
  };
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
  if (classIds.length !== confidences.length) {
    throw new MalformedMessageError('malformed', 'an entry needs one confidence for each of its classes');
  }
  const found = {
    classIds,
    confidences,
    ...(parent !== undefined && { parent: { digest: parent, classId: whole(entry.parentClass) } }),
    evaluation: whole(entry.evaluation),
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
