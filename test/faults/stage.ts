import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type NatsConnection } from 'nats';
import { subjectsOf } from '../../protocol/transport/nats/subjects.js';
import type { TestServer } from '../nats-server.js';
import { type Acknowledgements, createAcknowledgements } from './acknowledgements.js';
import { type Ending, type Supervised, supervise } from './process.js';
import { createProgress } from './progress.js';
import { type Overheard, openWiretap, type Wiretap } from './wiretap.js';

/** A run on real processes and a real broker, each process on a line of its own that the test holds. */
export interface Stage extends AsyncDisposable {
  readonly run: string;
  /** Where run directories are made. */
  readonly root: string;
  readonly runDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly servers: readonly TestServer[];
  readonly coordinator: Supervised;
  readonly workers: readonly Supervised[];
  /** By place for workers. */
  readonly lines: ReadonlyMap<number | 'coordinator', readonly Wiretap[]>;
  readonly acknowledgements: Acknowledgements;
  /** The last messages that were stored, for whoever wants to say them again. */
  readonly stored: readonly Overheard[];
  /** Processes that ended by themselves. */
  readonly endings: readonly Ending[];
  /** Of each start of the coordinator that came so far. */
  readonly recoveries: readonly Recovery[];
  /** The coordinator's next start reads the stream from its beginning. */
  replayNext(): void;
  /** The worker's next life has another name. */
  rename(worker: number): void;
  /** Heals and starts everything; resolves when all workers improve and the coordinator commits what they find. */
  calm(): Promise<void>;
  /** Resolves when the coordinator has committed something that the broker stored from now on. */
  commits(): Promise<void>;
  /** A client of the broker's that takes no part in the run. */
  readonly stranger: NatsConnection;
  /** Ends the run in order; resolves with the exit codes, the coordinator's first. */
  finish(): Promise<readonly (number | null | 'killed')[]>;
  /** Ends everything, and removes the run's directory. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Milliseconds from a coordinator's start to its first commit. */
export interface Recovery {
  readonly total: number;
  /** Of those, for which other processes had all the cores: the workers, who would be on other machines. */
  readonly queued: number;
}

/** As which of a broker's users its processes come; absent: it asks for none. */
export interface Users {
  readonly coordinator: { readonly user: string; readonly password: string };
  readonly worker: { readonly user: string; readonly password: string };
}

/** Stored messages kept. */
const KEPT = 400;
const CALM_MS = 45_000;
const FINISH_MS = 45_000;
const LOOK_MS = 25;
/** Workers make room for those that are measured. */
const WORKER_NICE = 10;

export async function setStage(options: {
  readonly run: string;
  readonly seed: number;
  /** For caches and other runs' directories. */
  readonly directory: string;
  readonly root: string;
  readonly servers: readonly TestServer[];
  readonly users?: Users;
  /** Each has an island. */
  readonly workers: number;
  /** Flags of the coordinator that say what evolves, and how. */
  readonly evolving: readonly string[];
}): Promise<Stage> {
  const { run, seed, root, servers, directory, users } = options;
  const subjects = subjectsOf(run);
  const environment = { ...process.env, XDG_CACHE_HOME: join(directory, 'cache') };
  await mkdir(root, { recursive: true });
  const acknowledgements = createAcknowledgements();
  const stored: Overheard[] = [];
  const endings: Ending[] = [];
  const recoveries: Recovery[] = [];
  const lines = new Map<number | 'coordinator', Wiretap[]>();
  const progress = createProgress(() => performance.now());
  let startedAt: number | undefined;
  /** Until a coordinator that was started for it has begun: one that is killed before that has replayed nothing. */
  let replay = false;
  let replaying = false;

  function hear(who: number | 'coordinator', overheard: Overheard): void {
    if (who === 'coordinator') {
      const { type, subject, payload } = overheard;
      if (type !== 'published' || !subject.startsWith('$JS.ACK.')) return;
      if (!['', '+ACK'].includes(payload.toString())) return;
      progress.committed(acknowledgedBy(subject));
      if (replaying) replay = false;
      if (startedAt !== undefined) {
        recoveries.push({ total: performance.now() - startedAt, queued: coordinator.queued });
      }
      startedAt = undefined;
      return;
    }
    if (overheard.type !== 'stored' || !overheard.subject.startsWith(subjects.improve('*').slice(0, -1)))
      return;
    acknowledgements.note(overheard);
    progress.stored(who, overheard.sequence);
    stored.push(overheard);
    if (stored.length > KEPT) stored.shift();
  }

  async function lay(who: number | 'coordinator'): Promise<string> {
    const taps = await Promise.all(
      servers.map(({ url }) => openWiretap(Number(new URL(url).port), (overheard) => hear(who, overheard))),
    );
    lines.set(who, taps);
    return taps.map(({ url }) => url).join(',');
  }

  const flags = ['--islands', String(options.workers), '--minutes', '600', '--seed', String(seed)];
  const coordinatorUrls = await lay('coordinator');
  const coordinator = supervise({
    name: 'coordinator',
    args: () => {
      const first = ['coordinator', '--nats', coordinatorUrls, '--run', run, '--runs', root];
      replaying = replay;
      return [...first, ...flags, ...options.evolving, ...(replay ? ['--replay'] : [])];
    },
    environment: { ...environment, ...loginOf(users?.coordinator) },
    onStart: () => {
      startedAt = performance.now();
    },
    onEnd: (ending) => void endings.push(ending),
  });
  const lives = new Map<number, number>();
  const workers: Supervised[] = [];
  for (let place = 0; place < options.workers; place++) {
    const urls = await lay(place);
    workers.push(
      supervise({
        name: `worker ${place}`,
        args: () => ['worker', '--nats', urls, '--run', run, '--name', `w${place}.${lives.get(place) ?? 0}`],
        environment: { ...environment, ...loginOf(users?.worker) },
        nice: WORKER_NICE,
        onEnd: (ending) => void endings.push(ending),
      }),
    );
  }
  const members = [coordinator, ...workers];
  const stranger = await connect({
    servers: servers.map(({ url }) => url),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    ...(users && { user: users.coordinator.user, pass: users.coordinator.password }),
  });

  /** Resolves when each of these has done well since now. */
  async function untilWell(expected: readonly (number | 'coordinator')[]): Promise<void> {
    const since = performance.now();
    for (;;) {
      const waiting = expected.filter((who) => !progress.since(since, who));
      if (waiting.length === 0) return;
      if (performance.now() - since > CALM_MS) {
        const said = members.map(
          (member) => `${member.name} (${member.alive ? 'runs' : 'gone'}): ${member.said}`,
        );
        throw new Error(
          `expected all to be well again after ${CALM_MS} ms, not so: ${waiting}\n${said.join('\n')}\n` +
            `ended: ${JSON.stringify(endings.slice(-5))}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  return {
    run,
    root,
    runDirectory: join(root, run),
    environment,
    servers,
    coordinator,
    workers,
    lines,
    acknowledgements,
    stored,
    endings,
    recoveries,
    stranger,
    replayNext() {
      replay = true;
    },
    rename: (worker) => void lives.set(worker, (lives.get(worker) ?? 0) + 1),
    async calm() {
      for (const taps of lines.values()) for (const tap of taps) tap.heal();
      for (const member of members) member.start();
      await untilWell([...lines.keys()]);
    },
    commits: () => untilWell(['coordinator']),
    async finish() {
      const codes = Promise.all(members.map((member) => member.finish(FINISH_MS)));
      coordinator.signal('SIGTERM');
      return codes;
    },
    async [Symbol.asyncDispose]() {
      for (const member of members) await member.kill();
      for (const member of members) await member.finish(0);
      await stranger.close();
      for (const taps of lines.values()) await Promise.all(taps.map((tap) => tap.close()));
      await rm(join(root, run), { recursive: true, force: true });
    },
  };
}

const loginOf = (login?: Users['worker']): NodeJS.ProcessEnv =>
  login === undefined ? {} : { NATS_USER: login.user, NATS_PASSWORD: login.password };

/** The message's sequence in the stream, from the subject of its acknowledgement (NATS ADR-15). */
function acknowledgedBy(subject: string): number {
  const words = subject.split('.');
  // The long form names a domain and an account first.
  return Number(words[words.length < 11 ? 5 : 7]);
}
