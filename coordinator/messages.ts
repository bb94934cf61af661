import type { Archive } from '../protocol/archive/archive.js';
import type { RunSpec } from '../protocol/spec/run-spec.js';
import { encodedSize } from '../protocol/transport/split.js';
import type { CoordinatorEvent, CoordinatorLink } from '../protocol/transport/transport.js';
import type { ModelPlace } from '../protocol/wire/messages.js';
import type { Oversight } from './audit/oversight.js';
import type { Feed } from './feed.js';
import type { Committer } from './intake/committer.js';
import type { Intake } from './intake/intake.js';
import type { Ledger } from './intake/ledger.js';
import type { Merger } from './intake/merger.js';
import type { Attendance } from './islands/attendance.js';
import type { Neighbourhood } from './islands/neighbourhood.js';
import type { Registry } from './islands/registry.js';
import { composeWelcome } from './islands/welcome.js';
import type { Life } from './life/life.js';
import type { StoredEvent } from './store/store.js';

/** What a coordinator does with a message from an island. */
export type MessageHandler = (event: CoordinatorEvent) => void;

type OfType<Type extends CoordinatorEvent['type']> = Extract<CoordinatorEvent, { type: Type }>;

export interface MessageParts {
  readonly spec: RunSpec;
  readonly model: ModelPlace;
  readonly archive: Archive;
  readonly registry: Registry;
  readonly life: Life;
  readonly intake: Pick<Intake, 'refuse'>;
  readonly merger: Merger;
  readonly ledger: Ledger;
  readonly committer: Committer;
  readonly neighbourhood: Neighbourhood;
  readonly attendance: Attendance;
  readonly oversight: Oversight;
  readonly feed: Pick<Feed, 'emit'>;
  readonly link: Pick<CoordinatorLink, 'command'>;
  readonly note: (kind: string, detail: StoredEvent['detail']) => void;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export function createMessageHandler(parts: MessageParts): MessageHandler {
  const { intake, committer, ledger, attendance, oversight } = parts;
  return (event) => {
    switch (event.type) {
      case 'join':
        onJoin(event, parts);
        break;
      case 'improvements':
        onImprovements(event, parts);
        break;
      case 'heartbeat':
        attendance.heard(event.heartbeat.island, event.heartbeat);
        break;
      case 'audited':
        oversight.answered(event.audited);
        break;
      case 'farewell':
        attendance.left(event.farewell);
        ledger.addMessage(event.ack, 0);
        committer.schedule();
        break;
      case 'rejected':
        intake.refuse(event.reason);
        break;
    }
  };
}

function onJoin({ join, ...answer }: OfType<'join'>, parts: MessageParts): void {
  const { spec, model, archive, registry, life, committer, neighbourhood, attendance } = parts;
  if (!life.open) {
    answer.refuse('the run is ending');
    return;
  }
  const place = registry.join(join.worker, parts.clock());
  if (place === undefined) {
    answer.refuse(`all ${spec.islands} islands of the run are taken`);
    return;
  }
  const { island } = place;
  // Messages of the island's last worker are stored before the next one goes on from them.
  committer.endFlush(island);
  attendance.announce(island);
  committer.commit();
  if (!life.active) {
    answer.refuse('the run cannot be stored');
    return;
  }
  neighbourhood.change();
  const neighbours = neighbourhood.introduce(island);
  answer.welcome(composeWelcome(island, { spec, model, registry, archive, neighbours }));
  if (attendance.orderFor(island) === 'pause') parts.link.command(island, { type: 'pause' });
}

function onImprovements({ improvements, ack }: OfType<'improvements'>, parts: MessageParts): void {
  const { spec, registry, intake, committer, ledger, attendance, oversight } = parts;
  const { island, entries, checkpoint } = improvements;
  attendance.heard(island);
  const refusal =
    island >= spec.islands ? 'unknown-island' : oversight.isSuspect(island) ? 'suspect-island' : undefined;
  if (refusal) {
    intake.refuse(refusal);
    committer.endFlush(island);
    // It would come again for ever.
    ack();
    return;
  }
  oversight.consider(island, entries, parts.archive.confidences);
  const time = parts.clock();
  // Arrivals and gaps count beside a state that is news only: a message may come again.
  if (checkpoint && registry.keep(island, checkpoint)) {
    ledger.touch(island);
    parts.merger.logArrivals(island, improvements.arrivals ?? [], time);
    if (improvements.gap) parts.note('history-gap', { island, ...improvements.gap });
  }
  merge(island, entries, time, parts);
  if (checkpoint) committer.endFlush(island);
  else committer.beginFlush(island);
  ledger.addMessage(
    ack,
    entries.reduce((sum, entry) => sum + encodedSize(entry), 0),
  );
  committer.schedule();
}

function merge(
  island: number,
  entries: OfType<'improvements'>['improvements']['entries'],
  time: number,
  { registry, merger, feed }: MessageParts,
): void {
  const began = performance.now();
  const { evaluations = 0, cost = 0 } = registry.get(island)?.checkpoint?.totals ?? {};
  const others = {
    evaluations: registry.accounted - evaluations,
    cost: registry.accountedCost - cost,
  };
  const statuses = merger.merge(entries, { time, others });
  feed.emit({ type: 'merged', statuses, seconds: (performance.now() - began) / 1000 });
}
