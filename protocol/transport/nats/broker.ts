import { connect, ErrorCode, Events, type NatsConnection, NatsError } from 'nats';
import { BadInputError, InterruptedError, messageOf, UnreachableError } from '../../base/errors.js';
import { trace } from '../../base/trace.js';
import { retry } from '../retry.js';
import { authOptions, checkServers } from './auth.js';
import type { BrokerAuth } from './credentials.js';
import { CONNECTION, MESSAGE_OVERHEAD } from './subjects.js';

export interface BrokerOptions {
  /** URLs; any one of a cluster's servers is enough. */
  readonly servers: readonly string[];
  readonly auth?: BrokerAuth;
  /** What the broker shows of this connection. */
  readonly name?: string;
  /** How long to try for a first connection; once there is one, it is made again for ever. */
  readonly patienceMilliseconds?: number;
  /** Ends trying when it is aborted. */
  readonly signal?: AbortSignal;
  /** Hears now and then, in a sentence, that there is no first connection yet. */
  readonly onWaiting?: (sentence: string) => void;
}

/** A connection to a broker that is made again whenever it breaks. */
export interface Broker {
  readonly nc: NatsConnection;
  /** Whether there is a connection now. */
  readonly online: boolean;
  /**
   * Resolves when there is one; rejects once the broker is given up: with a {@link BadInputError} when it has refused
   * something that was published or listened to, else with an {@link UnreachableError}.
   */
  whenOnline(): Promise<void>;
  /**
   * What `work` gives, unless the connection breaks first: then its answer will never come, and this rejects, with a
   * {@link BadInputError} where the broker has refused something.
   */
  connected<T>(work: Promise<T>): Promise<T>;
  /** Resolves after a while, or when the broker is given up. */
  pause(milliseconds: number): Promise<void>;
  /** Calls back whenever the connection was made again. */
  onReconnect(listener: () => void): void;
  /** Bytes that the entries of one message may have. */
  readonly maxBytes: number;
  /** Resolves when nothing will be sent or received any more. */
  readonly closed: Promise<void>;
  /** Hands over what was published, then closes. Safe to call twice. */
  close(): Promise<void>;
}

const PATIENCE_MS = 30_000;
const RETRY_MS = 500;
/** A broker that starts together with us is not worth a word. */
const FIRST_WORD_MS = 2000;
const NEXT_WORD_MS = 10_000;
const FLUSH_MS = 2000;

/**
 * Connects to a broker. Rejects with a {@link BadInputError} when it does not let us in, and with an
 * {@link UnreachableError} when it cannot be reached for as long as we are patient, or with an
 * {@link InterruptedError} when that is cut short.
 */
export async function connectBroker(options: BrokerOptions): Promise<Broker> {
  const servers = checkServers(options.servers);
  const settings = { ...CONNECTION, servers, ...(options.name !== undefined && { name: options.name }) };
  const auth = await authOptions(servers, options.auth ?? {});
  const deadline = performance.now() + (options.patienceMilliseconds ?? PATIENCE_MS);
  const words = sayWhileWaiting(servers, options.onWaiting);
  try {
    return await retry(async () => createBroker(await connect({ ...settings, ...auth })), {
      giveUp(error) {
        const refused = refusal(error);
        if (refused) throw refused;
        if (options.signal?.aborted) throw new InterruptedError();
        if (performance.now() + RETRY_MS > deadline) throw unreachable(servers, error);
      },
      pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      first: RETRY_MS,
    });
  } finally {
    words.stop();
  }
}

/** Says soon, and then now and then, that a broker is still tried; a machine that swallows packets gives no error. */
function sayWhileWaiting(
  servers: readonly string[],
  say: (sentence: string) => void = () => {},
): { stop(): void } {
  const sentence = `No NATS server answers at ${servers.join(', ')} yet; still trying`;
  let timer = setTimeout(again, FIRST_WORD_MS);
  function again(): void {
    say(sentence);
    timer = setTimeout(again, NEXT_WORD_MS);
  }
  return { stop: () => clearTimeout(timer) };
}

/** nats-server's own. */
const DEFAULT_MAX_PAYLOAD = 1 << 20;

function createBroker(nc: NatsConnection): Broker {
  const listeners: (() => void)[] = [];
  let online = true;
  let maxPayload = nc.info?.max_payload ?? DEFAULT_MAX_PAYLOAD;
  /** Refusals of the broker. They arrive some time after the request, whatever is awaited then. */
  let refused: BadInputError | undefined;
  let closing: Promise<void> | undefined;
  /** Called, and forgotten, when the connection is made again, when it breaks, and when it is given up. */
  const [waiting, working, pausing] = [new Set<() => void>(), new Set<() => void>(), new Set<() => void>()];

  function release(callbacks: Set<() => void>): void {
    const called = [...callbacks];
    callbacks.clear();
    for (const callback of called) callback();
  }

  async function watch(): Promise<void> {
    for await (const { type, data, permissionContext } of nc.status()) {
      if (type === Events.Error && data === ErrorCode.PermissionsViolation) {
        refused ??= notAllowed(`${permissionContext?.operation} ${permissionContext?.subject}`);
        void nc.close();
      } else if (type === Events.Disconnect) {
        online = false;
        release(working);
      } else if (type === Events.Reconnect) {
        online = true;
        release(waiting);
        for (const listener of listeners) listener();
      }
    }
  }

  void watch();
  const closed = nc.closed().then(() => {
    online = false;
    for (const callbacks of [waiting, working, pausing]) release(callbacks);
  });

  async function close(): Promise<void> {
    if (online)
      await Promise.race([
        nc.flush().catch((error: unknown) => trace('flushing the connection', error)),
        patience(FLUSH_MS),
      ]);
    await nc.close();
    await closed;
  }

  return {
    nc,
    get online() {
      return online;
    },
    async whenOnline() {
      while (!online) {
        if (nc.isClosed()) throw refused ?? goneError();
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
    async connected(work) {
      let onBreak = () => {};
      // No race with a promise that lives as long as the connection: that would remember every piece of work.
      const broken = new Promise<never>((_, reject) => {
        onBreak = () => reject(refused ?? new Error('the connection broke'));
      });
      working.add(onBreak);
      try {
        return await Promise.race([work, broken]);
      } finally {
        working.delete(onBreak);
      }
    },
    pause: (milliseconds) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          pausing.delete(end);
          resolve();
        };
        const timer = setTimeout(end, milliseconds);
        if (nc.isClosed()) end();
        else pausing.add(end);
      }),
    onReconnect: (listener) => void listeners.push(listener),
    get maxBytes() {
      // While the client connects again it has no information: what the broker said last holds.
      maxPayload = nc.info?.max_payload ?? maxPayload;
      return maxPayload - MESSAGE_OVERHEAD;
    },
    closed,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Resolves after a while, without keeping the process alive for it. */
export function patience(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

/** The link was closed from this side, or the broker does not want us any more. */
export function goneError(): UnreachableError {
  return new UnreachableError('ERR_BROKER_GONE', 'The connection to the broker is closed.');
}

export function isNatsError(error: unknown, ...codes: readonly string[]): error is NatsError {
  return error instanceof NatsError && codes.includes(error.code);
}

/** An error after which trying again cannot help. */
export function refusal(error: unknown): BadInputError | undefined {
  if (isNatsError(error, ErrorCode.PermissionsViolation)) {
    return notAllowed(messageOf(error), error);
  }
  const codes = [
    ErrorCode.AuthorizationViolation,
    ErrorCode.BadAuthentication,
    ErrorCode.BadCreds,
    ErrorCode.AuthenticationExpired,
    ErrorCode.AccountExpired,
  ];
  if (isNatsError(error, ...codes)) {
    return new BadInputError({
      code: 'ERR_NATS_AUTH',
      problem: `The broker does not accept these credentials (${messageOf(error)})`,
      fix: 'Set NATS_USER and NATS_PASSWORD, or NATS_TOKEN, or give a credentials file',
      cause: error,
    });
  }
  if (isNatsError(error, ErrorCode.ServerOptionNotAvailable, ErrorCode.Tls)) {
    return new BadInputError({
      code: 'ERR_NATS_TLS',
      problem: `The TLS connection to the broker failed (${messageOf(error)})`,
      fix: 'Use a nats:// URL and no certificates, or set NATS_CA to the certificate of its authority',
      cause: error,
    });
  }
  return undefined;
}

function notAllowed(refusal: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_NATS_AUTH',
    problem: `This user of the broker lacks a permission (${refusal})`,
    fix: "Use other credentials, or extend this user's permissions (ops/nats/accounts.conf has all of them)",
    cause,
  });
}

function unreachable(servers: readonly string[], cause: unknown): UnreachableError {
  const reason = messageOf(cause);
  // The client's own errors are codes: CONNECTION_REFUSED.
  const said = /^[A-Z_]+$/.test(reason) ? reason.toLowerCase().replaceAll('_', ' ') : reason;
  return new UnreachableError(
    'ERR_BROKER_UNREACHABLE',
    `No NATS server can be reached at ${servers.join(', ')} (${said}). Start one, or check the URL.`,
    cause,
  );
}
