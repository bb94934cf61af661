import type { MergeCounts } from './intake/merger.js';
import type { IslandInfo } from './islands/registry.js';
import type { Jump, StoredEvent } from './store/store.js';

/** Events for the coordinator's watchers: progress lines, gallery, metrics. */
export type FeedEvent =
  /** An elite was replaced, and that is stored. */
  | { readonly type: 'jump'; readonly jump: Jump; readonly label: string }
  /** A message's elites were offered to the archive, and what became of them; they are not stored yet. */
  | {
      readonly type: 'merged';
      readonly statuses: MergeCounts;
      readonly seconds: number;
    }
  /** An island changed its state. */
  | { readonly type: 'island'; readonly island: IslandInfo }
  /** A batch is stored, and its messages were acknowledged. */
  | {
      readonly type: 'committed';
      readonly jumps: number;
      readonly messages: number;
      readonly seconds: number;
    }
  /** Something happened that the run's log keeps. */
  | { readonly type: 'event'; readonly event: StoredEvent }
  /** The store failed: nothing more is taken. */
  | { readonly type: 'fault'; readonly error: Error };

export interface Feed {
  emit(event: FeedEvent): void;
  /** Calls back for every event from now on, until the function that it returns is called. */
  subscribe(listener: (event: FeedEvent) => void): () => void;
}

export function createFeed(): Feed {
  const listeners = new Set<(event: FeedEvent) => void>();
  return {
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
