import { ErrorCode, type NatsConnection, NatsError } from 'nats';
import { BadInputError, messageOf } from '../../base/errors.js';

/** JetStream's own codes (`err_code`) of answers that trying again does not change: nats-server, server/errors.json. */
const OFF = [10076];
const OFF_FOR_ACCOUNT = [10039, 10035];
const STORE_FULL = [10023, 10047, 10028];
const ACCOUNT_LIMIT = [10002, 10122, 10113];
const STREAM_LIMIT = [10027];
const CONSUMER_LIMIT = [10026];
const STREAM_FULL = [10077, 10054];
const REPLICAS = [10074, 10005];

interface Refused {
  readonly codes: readonly number[];
  readonly problem: string;
  readonly fix: string;
}

const REFUSALS: readonly Refused[] = [
  {
    codes: OFF,
    problem: 'JetStream is off on the broker, and Atoll stores runs and models with it',
    fix: 'Start the broker with `nats-server -js`, or with a file of ops/nats/',
  },
  {
    codes: OFF_FOR_ACCOUNT,
    problem: 'JetStream is off for the account of this user of the broker',
    fix: 'Use credentials of the account that runs belong to, or enable JetStream for this account (ops/nats/accounts.conf does so)',
  },
  {
    codes: STORE_FULL,
    problem: 'The store of the broker has no room for this',
    fix: 'Raise max_file_store in the configuration of nats-server, free space on its disk, or delete streams of old runs (`nats stream ls`)',
  },
  {
    codes: ACCOUNT_LIMIT,
    problem: 'The account of this user of the broker may not store more',
    fix: 'Raise the JetStream limits of the account, or delete streams of old runs (`nats stream ls`)',
  },
  {
    codes: STREAM_LIMIT,
    problem: 'The broker has as many streams as it may have, and each run needs one',
    fix: 'Raise max_streams in the configuration of nats-server, or delete streams of old runs (`nats stream ls`)',
  },
  {
    codes: CONSUMER_LIMIT,
    problem: 'The stream has as many consumers as it may have, and each coordinator needs one',
    fix: 'Raise max_consumers in the configuration of nats-server',
  },
  {
    codes: STREAM_FULL,
    problem: 'A stream of the broker is full',
    fix: 'Raise its limits (`nats stream edit`), or delete what is not needed any more',
  },
  {
    codes: REPLICAS,
    problem: 'The broker has fewer servers than the stream is to have copies',
    fix: 'Give --replicas the number of servers of the NATS cluster, or leave it out for a single server',
  },
];

/**
 * An answer of JetStream as an error that says what to do; undefined where trying again may help. `nc`: the connection;
 * if its server has no JetStream, there is no answer at all. Absent where JetStream has answered already.
 */
export function jetStreamRefusal(
  error: unknown,
  nc?: Pick<NatsConnection, 'info'>,
): BadInputError | undefined {
  if (!(error instanceof NatsError)) return undefined;
  const code = error.api_error?.err_code;
  const found = code === undefined ? undefined : REFUSALS.find(({ codes }) => codes.includes(code));
  if (found) return refused(found, `${messageOf(error)}, ${code}`, error);
  const unanswered = isUnanswered(error) && nc !== undefined && nc.info?.jetstream !== true;
  const [off] = REFUSALS;
  return unanswered && off ? refused(off, 'it does not answer', error) : undefined;
}

function isUnanswered({ code }: NatsError): boolean {
  return code === ErrorCode.NoResponders || code === ErrorCode.JetStreamNotEnabled;
}

function refused({ problem, fix }: Refused, said: string, cause: unknown): BadInputError {
  return new BadInputError({ code: 'ERR_JETSTREAM', problem: `${problem} (${said})`, fix, cause });
}
