import type { AuditSettings } from '../../coordinator/audit/audits.js';
import { type Coordinator, createCoordinator } from '../../coordinator/coordinator.js';
import type { FeedEvent } from '../../coordinator/feed.js';
import type { Batch, Store } from '../../coordinator/store/store.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { createInbox } from '../../protocol/transport/inbox.js';
import type { CoordinatorEvent } from '../../protocol/transport/transport.js';
import type {
  Arrival,
  Audit,
  Checkpoint,
  Command,
  Ending,
  Entry,
  Welcome,
} from '../../protocol/wire/messages.js';
import { NO_TOTALS } from '../../protocol/wire/totals.js';
import { labelsOf } from './fixtures.js';
import { createMemoryStore } from './memory-store.js';

/** What happened, in order: `commit` from the store, `ack N` to the islands, `command TO TYPE` to them. */
export type Log = string[];

export interface CoordinatorHarness {
  readonly coordinator: Coordinator;
  readonly store: Store;
  readonly log: Log;
  readonly commands: { to: number | 'all'; command: Command }[];
  /** Questions to islands. */
  readonly audits: { to: number; audit: Audit }[];
  readonly feed: FeedEvent[];
  /** Milliseconds; add to it. */
  readonly clock: { now: number };
  /** The welcome, or the reason of the refusal. */
  join(worker: string): Promise<Welcome | string>;
  improve(island: number, entries: readonly Entry[], checkpoint?: Checkpoint, sequence?: number): void;
  /** A flush in which an island says what came to it. */
  tell(island: number, arrivals: readonly Arrival[], checkpoint?: Checkpoint): void;
  beat(island: number, evaluations?: number): void;
  farewell(island: number, error?: string, ending?: Ending): void;
  push(event: CoordinatorEvent): void;
}

/** A coordinator between a recording link and a recording store. */
export function startCoordinator(
  spec: RunSpec,
  parts: {
    readonly store?: Store;
    readonly onCommit?: (batch: Batch) => void;
    readonly commitMilliseconds?: number;
    readonly commitBytes?: number;
    readonly audit?: AuditSettings;
  } = {},
): CoordinatorHarness {
  const inner = parts.store ?? createMemoryStore(labelsOf(spec.classes));
  const log: Log = [];
  const commands: CoordinatorHarness['commands'] = [];
  const audits: CoordinatorHarness['audits'] = [];
  const feed: FeedEvent[] = [];
  const clock = { now: 1_000_000 };
  const inbox = createInbox<CoordinatorEvent>();
  const store: Store = {
    ...inner,
    commit(batch) {
      parts.onCommit?.(batch);
      inner.commit(batch);
      log.push('commit');
    },
  };
  const coordinator = createCoordinator({
    link: {
      inbox,
      command(to, command) {
        commands.push({ to, command });
        log.push(`command ${to} ${command.type}`);
      },
      audit(to, audit) {
        audits.push({ to, audit });
      },
      async close() {
        inbox.end();
      },
    },
    store,
    spec,
    model: { type: 'directory', path: '/model' },
    clock: () => clock.now,
    commitMilliseconds: parts.commitMilliseconds ?? 5,
    ...(parts.commitBytes !== undefined && { commitBytes: parts.commitBytes }),
    tickMilliseconds: 5,
    ...(parts.audit && { audit: parts.audit }),
  });
  coordinator.subscribe((event) => feed.push(event));
  let sequence = 0;
  const totals = (evaluations: number) => ({ ...NO_TOTALS, evaluations });
  return {
    coordinator,
    store,
    log,
    commands,
    audits,
    feed,
    clock,
    push: inbox.push,
    join: (worker) =>
      new Promise((resolve) => {
        inbox.push({ type: 'join', join: { worker, pid: 1 }, welcome: resolve, refuse: resolve });
      }),
    improve(island, entries, checkpoint, number = ++sequence) {
      inbox.push({
        type: 'improvements',
        improvements: { island, sequence: number, entries, ...(checkpoint && { checkpoint }) },
        ack: () => void log.push(`ack ${number}`),
      });
    },
    tell(island, arrivals, checkpoint) {
      const number = ++sequence;
      inbox.push({
        type: 'improvements',
        improvements: {
          ...{ island, sequence: number, entries: [], arrivals },
          ...(checkpoint && { checkpoint }),
        },
        ack: () => void log.push(`ack ${number}`),
      });
    },
    beat(island, evaluations = 0) {
      const heartbeat = { island, device: 'cpu', modelDigest: spec.modelDigest, totals: totals(evaluations) };
      inbox.push({ type: 'heartbeat', heartbeat });
    },
    farewell(island, error = '', ending = 'done') {
      const farewell = { island, ending, error, totals: NO_TOTALS };
      inbox.push({ type: 'farewell', farewell, ack() {} });
    },
  };
}
