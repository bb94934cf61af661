import {
  type ConsumerInfo,
  ErrorCode,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
  nuid,
} from 'nats';
import { BadInputError, messageOf, UnreachableError } from '../../base/errors.js';
import { retry } from '../retry.js';
import { isNatsError, patience, refusal } from './broker.js';
import { jetStreamRefusal } from './jetstream-refusal.js';
import { consumerSettings, type Subjects, streamSettings } from './subjects.js';

/** A run's stream on the broker, as one coordinator holds it. */
export interface RunStream {
  readonly name: string;
  /** This coordinator's own durable consumer. */
  readonly consumer: string;
  /** Everything up to here was acknowledged by an earlier coordinator, or is not kept any more. */
  readonly position: number;
  /** When this coordinator took the run up: milliseconds since 1970, by the broker's clock. */
  readonly epoch: number;
}

/** JetStream's code for a name that is in use with other settings. */
const NAME_IN_USE = 10058;
const JETSTREAM_MS = 10_000;
const RETRY_MS = 250;
const OTHER_COORDINATOR_MS = 1000;

/**
 * The broker's JetStream, which may take a moment after the broker starts.
 * Rejects with a {@link BadInputError} when the broker has none.
 */
export async function openJetStream(nc: NatsConnection): Promise<JetStreamManager> {
  const deadline = performance.now() + JETSTREAM_MS;
  return retry(() => nc.jetstreamManager(), {
    giveUp(error) {
      const refused = refusal(error) ?? jetStreamRefusal(error, nc);
      if (refused) throw refused;
      if (performance.now() > deadline) throw noJetStream(error);
    },
    pause: patience,
    first: RETRY_MS,
  });
}

function noJetStream(cause: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_JETSTREAM',
    problem: `The broker has no JetStream, or this user may not manage its streams (${messageOf(cause)})`,
    fix: 'Start nats-server with -js, or with a file of ops/nats/',
    cause,
  });
}

/** Rejects with a {@link BadInputError} when a coordinator of the run answers. */
export async function checkAlone(nc: NatsConnection, subjects: Subjects, run: string): Promise<void> {
  const answered = await nc.request(subjects.presence, undefined, { timeout: OTHER_COORDINATOR_MS }).then(
    () => true,
    (error: unknown) => {
      if (!isNatsError(error, ErrorCode.NoResponders, ErrorCode.Timeout)) throw error;
      return false;
    },
  );
  if (!answered) return;
  throw new BadInputError({
    code: 'ERR_RUN_COORDINATED',
    problem: `The run ${run} has a coordinator already`,
    fix: 'Stop that coordinator first, or choose another name for the run',
  });
}

/**
 * Takes a run's stream up: makes it where there is none, and goes on where the last coordinator stopped. Each
 * coordinator has a consumer of its own and deletes those of others, so that nothing which one of them has in its hands
 * still counts: what was not acknowledged comes again at once, and a coordinator that was only asleep finds out.
 * `replay`: from the stream's start, for a store that may be older than the acknowledgements.
 * Rejects with a {@link BadInputError} when another run of this name owns the stream.
 */
export async function takeUpStream(
  jsm: JetStreamManager,
  subjects: Subjects,
  options: { readonly identity: string; readonly replicas: number; readonly replay: boolean },
): Promise<RunStream> {
  try {
    return await takeUp(jsm, subjects, options);
  } catch (error) {
    throw jetStreamRefusal(error) ?? error;
  }
}

async function takeUp(
  jsm: JetStreamManager,
  subjects: Subjects,
  options: { readonly identity: string; readonly replicas: number; readonly replay: boolean },
): Promise<RunStream> {
  const name = subjects.stream;
  const { first_seq } = await ensureStream(jsm, subjects, options);
  const consumers = await jsm.consumers.list(name).next();
  const floors = consumers.map(({ ack_floor }) => ack_floor.stream_seq);
  // Of several floors the lowest: what comes twice does no harm.
  const acknowledged = options.replay || floors.length === 0 ? 0 : Math.min(...floors);
  const position = Math.max(acknowledged, first_seq - 1);
  const consumer = `coordinator-${nuid.next()}`;
  await jsm.consumers.add(name, consumerSettings(consumer, position + 1));
  const all = await jsm.consumers.list(name).next();
  const mine = all.find((each) => each.name === consumer);
  const others = all.filter((each) => each !== mine);
  // Two that start at the same moment see each other here, or one of them is deleted: the later one has the run.
  if (mine === undefined || others.some((other) => isLater(other, mine))) throw coordinated();
  for (const other of others) await deleteConsumer(jsm, other);
  return { name, consumer, position, epoch: Date.parse(mine.created) };
}

/** A total order on consumers, the same for everyone. */
function isLater(a: ConsumerInfo, b: ConsumerInfo): boolean {
  const later = Date.parse(a.created) - Date.parse(b.created);
  return later > 0 || (later === 0 && a.name > b.name);
}

async function deleteConsumer(jsm: JetStreamManager, { stream_name, name }: ConsumerInfo): Promise<void> {
  await jsm.consumers.delete(stream_name, name).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

function coordinated(cause?: unknown): UnreachableError {
  return new UnreachableError(
    'ERR_RUN_COORDINATED',
    'Another coordinator of this run started at the same moment. Let that one coordinate the run.',
    cause,
  );
}

async function ensureStream(
  jsm: JetStreamManager,
  subjects: Subjects,
  options: { readonly identity: string; readonly replicas: number },
): Promise<{ first_seq: number }> {
  const existing = await jsm.streams.info(subjects.stream).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  if (existing === undefined) return create(jsm, subjects, options);
  const { description } = existing.config;
  if (description === options.identity) return existing.state;
  throw new BadInputError({
    code: 'ERR_RUN_TAKEN',
    problem: `The broker has a stream ${subjects.stream} of another run (${description ?? 'unnamed'})`,
    fix: 'Choose another name for this run, or continue the other run from its own directory',
  });
}

async function create(
  jsm: JetStreamManager,
  subjects: Subjects,
  options: { readonly identity: string; readonly replicas: number },
): Promise<{ first_seq: number }> {
  try {
    return (await jsm.streams.add(streamSettings(subjects, options))).state;
  } catch (cause) {
    const inUse = cause instanceof NatsError && cause.api_error?.err_code === NAME_IN_USE;
    if (inUse) throw coordinated(cause);
    throw refusal(cause) ?? jetStreamRefusal(cause) ?? noJetStream(cause);
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof NatsError && error.code === ErrorCode.JetStream404NoMessages;
}
