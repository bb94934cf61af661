import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  type MsgHdrs,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from 'nats';

/**
 * Every subject, header, stream and consumer that Atoll uses on a broker, and their settings. Nothing else in the
 * source names one, so the permissions of a broker's users can be read off this page (ops/nats/).
 */

/** The subjects of one run, and its stream. */
export interface Subjects {
  /** A worker asks for an island; the coordinator replies. Header {@link SESSION}. */
  readonly join: string;
  /** A worker asks for a further part of its welcome; the coordinator replies. Headers {@link SESSION}, {@link PART}. */
  readonly welcome: string;
  /** The coordinator of the run replies; one that begins announces itself, without wanting a reply. */
  readonly presence: string;
  /** Stored. Published by the island. */
  improve(island: number | '*'): string;
  /** Stored, in one order with the improvements. Published by the island. */
  farewell(island: number | '*'): string;
  heartbeat(island: number | '*'): string;
  /** Published by the island that was asked. */
  audited(island: number | '*'): string;
  /** Published by the coordinator: commands, and audits. */
  command(to: number | 'all' | '*'): string;
  /** Published by islands, to another. */
  migrants(to: number | '*'): string;
  readonly stream: string;
}

/** A name that is one token: a run's name may hold dots, which part tokens in subjects and are refused in streams. */
const tokenOf = (run: string): string => run.replaceAll('.', '~');

export function subjectsOf(run: string): Subjects {
  const prefix = `atoll.${tokenOf(run)}`;
  return {
    join: `${prefix}.join`,
    welcome: `${prefix}.welcome`,
    presence: `${prefix}.presence`,
    improve: (island) => `${prefix}.improve.${island}`,
    farewell: (island) => `${prefix}.farewell.${island}`,
    heartbeat: (island) => `${prefix}.heartbeat.${island}`,
    audited: (island) => `${prefix}.audited.${island}`,
    command: (to) => `${prefix}.command.${to}`,
    migrants: (to) => `${prefix}.migrants.${to}`,
    stream: `atoll-${tokenOf(run)}`,
  };
}

/** The last token of a subject as an island's number; undefined when it is none. */
export function islandOf(subject: string): number | undefined {
  const token = subject.slice(subject.lastIndexOf('.') + 1);
  return /^\d{1,9}$/.test(token) ? Number(token) : undefined;
}

/** The session of a worker: drawn at random each time it connects. */
export const SESSION = 'Atoll-Session';
/** The session that a message names; undefined when it names none, or none that Atoll draws. */
export function sessionOf(header: MsgHdrs | undefined): string | undefined {
  const session = header?.get(SESSION) ?? '';
  return /^[A-Za-z0-9]{1,64}$/.test(session) ? session : undefined;
}

/** In a request: the part of the welcome that is asked for, from 1. */
export const PART = 'Atoll-Part';
/** In a reply: how many parts the welcome has; 0 when the coordinator does not know of one. */
export const PARTS = 'Atoll-Parts';
/** With a command or a welcome: the coordinator's epoch and the number of the order. See standing-orders.ts. */
export const ORDER = 'Atoll-Order';
/** With a heartbeat: the epoch, and the numbers of the orders that the island follows. */
export const SEEN = 'Atoll-Seen';

/** The broker takes a message again after this long; correctness never leans on it. */
const DUPLICATE_WINDOW_MS = 120_000;
/** Messages handed to the coordinator and not committed: bounds what it has to hold. */
const MAX_ACK_PENDING = 1024;
/** A message that is not committed by then is delivered again. */
const ACK_WAIT_MS = 30_000;

/** The settings of a run's stream. `identity` tells runs of one name apart. */
export function streamSettings(
  subjects: Subjects,
  { identity, replicas }: { readonly identity: string; readonly replicas: number },
): Partial<StreamConfig> & { name: string } {
  return {
    name: subjects.stream,
    description: identity,
    subjects: [subjects.improve('*'), subjects.farewell('*')],
    storage: StorageType.File,
    // Messages stay when they are acknowledged, so that a store can be made again; the coordinator trims behind itself.
    retention: RetentionPolicy.Limits,
    // A full stream says so to the islands, whose outboxes wait; it never forgets.
    discard: DiscardPolicy.New,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    num_replicas: replicas,
  };
}

/** A coordinator's durable consumer, from a sequence of the stream on. */
export function consumerSettings(name: string, start: number): Partial<ConsumerConfig> {
  return {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: MAX_ACK_PENDING,
    // Until it is committed: what can never be is terminated, so nothing comes back for ever.
    max_deliver: -1,
    ...(start > 1
      ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start }
      : { deliver_policy: DeliverPolicy.All }),
  };
}

/** Content-addressed models of all runs of a broker. */
export const MODEL_BUCKET = 'atoll-models';
/** JetStream answers here with a message of the bucket's stream. Body: {@link ModelQuery} as JSON. */
export const MODEL_REQUEST = `$JS.API.DIRECT.GET.OBJ_${MODEL_BUCKET}`;
/** Asks for the first message on a subject, from a sequence of the stream on. */
export interface ModelQuery {
  readonly seq: number;
  readonly next_by_subj: string;
}
/** The subjects of the bucket's stream: an object's description, and its chunks. */
export const MODEL_SUBJECTS = {
  description: (name: string) => `$O.${MODEL_BUCKET}.M.${base64(name)}`,
  chunks: (nuid: string) => `$O.${MODEL_BUCKET}.C.${nuid}`,
};

/** Base64 for subjects, padded, as the client writes the names of objects. */
function base64(name: string): string {
  return Buffer.from(name).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** The permissions of a worker's user on the brokers of ops/nats, in any run; a test compares accounts.conf with them. */
export function workerRights() {
  const { join, welcome, improve, farewell, heartbeat, audited, command, migrants } = subjectsOf('*');
  /** From the workers' account to the coordinators', and the answers back. */
  const services = [join, welcome, improve('*'), farewell('*'), heartbeat('*'), audited('*'), MODEL_REQUEST];
  /** From the coordinators' account to the workers'. */
  const streams = [command('*')];
  return {
    services,
    streams,
    publish: [...services, migrants('*')],
    subscribe: [...streams, migrants('*'), '_INBOX.>'],
  };
}

/** How a connection behaves; times in milliseconds. A dead connection is noticed within two ping intervals. */
export const CONNECTION = {
  timeout: 5000,
  pingInterval: 5000,
  maxPingOut: 2,
  reconnectTimeWait: 250,
  reconnectJitter: 250,
  maxReconnectAttempts: -1,
} as const;

/** What headers and an envelope may add to the entries of a message. */
export const MESSAGE_OVERHEAD = 2048;
