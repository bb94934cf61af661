import type { EndReason } from './budget.js';

/**
 * The life of a run under one coordinator, as a state machine.
 *
 * | state | pause | resume | end | all-gone | fault | stop |
 * | --- | --- | --- | --- | --- | --- | --- |
 * | running | paused | | ending | ended | failed | stopped |
 * | paused | | running | ending | ended | failed | stopped |
 * | ending | | | | ended | failed | stopped |
 * | ended | | | | | failed | stopped |
 * | failed | | | | | | |
 * | stopped | | | | | | |
 *
 * `ending`: the islands are told to stop. `ended`: all of them said farewell, or are gone; what comes late is still
 * taken. `failed`: the store takes no more. `stopped`: nothing is taken any more.
 */
export type LifeState =
  | { readonly phase: 'running' | 'paused' }
  | { readonly phase: 'ending' | 'ended' | 'stopped'; readonly reason: EndReason }
  | { readonly phase: 'failed'; readonly error: unknown };

export type LifeEvent =
  | { readonly type: 'pause' | 'resume' | 'all-gone' | 'stop' }
  | { readonly type: 'end'; readonly reason: EndReason }
  | { readonly type: 'fault'; readonly error: unknown };

/** The state that an event leads to; the same object where it leads nowhere. */
export function next(state: LifeState, event: LifeEvent): LifeState {
  const { phase } = state;
  if (phase === 'failed' || phase === 'stopped') return state;
  const reason = 'reason' in state ? state.reason : undefined;
  switch (event.type) {
    case 'pause':
      return phase === 'running' ? { phase: 'paused' } : state;
    case 'resume':
      return phase === 'paused' ? { phase: 'running' } : state;
    case 'end':
      return reason === undefined ? { phase: 'ending', reason: event.reason } : state;
    case 'all-gone':
      // Without having been told to: they used up their shares of the budget.
      return phase === 'ended' ? state : { phase: 'ended', reason: reason ?? 'quota' };
    case 'fault':
      return { phase: 'failed', error: event.error };
    case 'stop':
      return { phase: 'stopped', reason: reason ?? 'quota' };
  }
}
