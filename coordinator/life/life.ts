import type { RunState } from '../../protocol/base/states.js';
import type { EndReason } from './budget.js';
import { type LifeEvent, type LifeState, next } from './transitions.js';

/** Where a run is in its life, and a promise of how it ends. */
export interface Life {
  readonly phase: LifeState['phase'];
  /** As the run's watchers are told. */
  readonly state: RunState;
  /** Whether messages are taken, and the run changes. */
  readonly active: boolean;
  /** Whether the islands may go on: the run has not been ended. */
  readonly open: boolean;
  /** Returns whether the event led to another state. */
  take(event: LifeEvent): boolean;
  /** Resolves with the reason when all islands are gone, or the run is stopped; rejects when the store fails. */
  readonly done: Promise<EndReason>;
}

export function createLife(): Life {
  let state: LifeState = { phase: 'running' };
  let settle: { resolve: (reason: EndReason) => void; reject: (error: unknown) => void } | undefined;
  const done = new Promise<EndReason>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // A caller that awaits it still sees the rejection; no caller has to.
  done.catch(() => undefined);

  return {
    get phase() {
      return state.phase;
    },
    get state() {
      return state.phase === 'stopped' ? 'ended' : state.phase;
    },
    get active() {
      return state.phase !== 'failed' && state.phase !== 'stopped';
    },
    get open() {
      return state.phase === 'running' || state.phase === 'paused';
    },
    take(event) {
      const before = state;
      state = next(state, event);
      if (state.phase === 'failed') settle?.reject(state.error);
      else if (state.phase === 'ended' || state.phase === 'stopped') settle?.resolve(state.reason);
      return state !== before;
    },
    done,
  };
}
