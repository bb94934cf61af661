import type { Archive } from '../../protocol/archive/archive.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { Coordinator } from '../coordinator.js';
import type { Pace } from '../islands/pace.js';
import type { StoreReader } from '../store/store.js';
import { createLiveFeed, type LiveFeed } from './live-feed.js';
import { liveStatus } from './live-status.js';
import { showCells } from './shown-cells.js';

/** The live feed of a run, and how to end it. */
export interface FollowedRun {
  readonly feed: LiveFeed;
  stop(): void;
}

/**
 * Feeds pages from a run. `committed` is to follow the coordinator already; one without `subscribe` is a run that lies
 * on a disk, of which nothing changes. `clock`: milliseconds, monotone.
 */
export function followRun(parts: {
  readonly spec: RunSpec;
  readonly coordinator: Pick<Coordinator, 'islands' | 'state' | 'summary'> &
    Partial<Pick<Coordinator, 'subscribe'>>;
  readonly committed: Archive;
  readonly store: Pick<StoreReader, 'takenAt'>;
  readonly pace: Pick<Pace, 'of' | 'total'>;
  readonly clock: () => number;
}): FollowedRun {
  const { spec, coordinator, committed, store, clock } = parts;
  const { subscribe } = coordinator;
  const cells = showCells({
    committed,
    store,
    encoding: spec.encoding,
    ...(subscribe && { subscribe }),
    onChange: (classId) => feed.changed(classId),
  });
  const feed: LiveFeed = createLiveFeed({ ...cells, status: () => liveStatus(parts) }, clock);
  return { feed, stop: cells.stop };
}
