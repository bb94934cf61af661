/**
 * The coordinator that a swarm sends to, in a process of its own, so that its processor time and memory can be told from
 * the swarm's. Forked with `serialization: 'advanced'`; its one argument is an {@link Assignment} as JSON. It is a
 * coordinator like that of `atoll coordinator`, except that it tells its parent what it has committed, and when.
 */
import { createCoordinator } from '../../../coordinator/coordinator.js';
import { createSqliteStore } from '../../../coordinator/store/sqlite-store.js';
import { messageOf } from '../../../protocol/base/errors.js';
import type { RunSpec } from '../../../protocol/spec/run-spec.js';
import { connectCoordinator } from '../../../protocol/transport/nats/coordinator-link.js';
import type { CoordinatorEvent, CoordinatorLink } from '../../../protocol/transport/transport.js';

export interface Assignment {
  readonly servers: readonly string[];
  readonly spec: RunSpec;
  /** Where the archive is kept. */
  readonly archiveFile: string;
}

/** What the process tells its parent: that it is ready, then how it stands, or that it cannot go on. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly reason: string }
  | {
      readonly type: 'usage';
      readonly usage: Usage;
      /** Island, sequence and time (milliseconds since 1970) of each message committed since the last report. */
      readonly commits: Float64Array;
    };

/** Totals since the process started. */
export interface Usage {
  /** Messages committed. */
  readonly messages: number;
  /** Elites of those messages. */
  readonly merges: number;
  /** Those of them that took a cell. */
  readonly jumps: number;
  /** Seconds of processor time. */
  readonly processorSeconds: number;
  /** Bytes now. */
  readonly memory: number;
}

const REPORT_MS = 100;

function tell(report: Report): void {
  process.send?.(report);
}

const { servers, spec, archiveFile }: Assignment = JSON.parse(process.argv[2] ?? '{}');
let commits: number[] = [];
let messages = 0;
let merges = 0;
let jumps = 0;

/** The link, with the time noted at which each improvement is acknowledged, which is right after its commit. */
function noting(link: CoordinatorLink): CoordinatorLink {
  async function* events(): AsyncGenerator<CoordinatorEvent> {
    for await (const event of link.inbox) yield event.type === 'improvements' ? noted(event) : event;
  }
  return { ...link, inbox: events() };
}

type ImprovementsEvent = Extract<CoordinatorEvent, { type: 'improvements' }>;

function noted(event: ImprovementsEvent): ImprovementsEvent {
  const { island, sequence, entries } = event.improvements;
  const elites = entries.reduce((sum, { classIds }) => sum + classIds.length, 0);
  return {
    ...event,
    ack() {
      event.ack();
      messages++;
      merges += elites;
      commits.push(island, sequence, performance.timeOrigin + performance.now());
    },
  };
}

function report(): void {
  const { user, system } = process.cpuUsage();
  const usage = {
    messages,
    merges,
    jumps,
    processorSeconds: (user + system) / 1e6,
    memory: process.memoryUsage.rss(),
  };
  tell({ type: 'usage', usage, commits: Float64Array.from(commits) });
  commits = [];
}

// Ctrl-C reaches the whole process group; the parent decides what it means.
process.on('SIGINT', () => {});
try {
  const link = await connectCoordinator({ servers, run: spec.name });
  const labels = Array.from({ length: spec.classes }, (_, classId) => `class ${classId}`);
  const store = createSqliteStore(archiveFile, labels);
  const coordinator = createCoordinator({
    link: noting(link),
    store,
    spec,
    model: { type: 'directory', path: 'none' },
    clock: Date.now,
  });
  coordinator.subscribe((event) => {
    if (event.type === 'committed') jumps += event.jumps;
    if (event.type === 'fault') tell({ type: 'failed', reason: event.error.message });
  });
  const reporting = setInterval(report, REPORT_MS);
  process.once('disconnect', () => {
    clearInterval(reporting);
    void coordinator.stop();
  });
  tell({ type: 'ready' });
} catch (error) {
  tell({ type: 'failed', reason: messageOf(error) });
  process.disconnect();
}
