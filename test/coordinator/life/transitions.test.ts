import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LifeEvent, type LifeState, next } from '../../../coordinator/life/transitions.js';

const event: fc.Arbitrary<LifeEvent> = fc.oneof(
  fc.constantFrom<LifeEvent>({ type: 'pause' }, { type: 'resume' }, { type: 'all-gone' }, { type: 'stop' }),
  fc.constantFrom('quota', 'minutes', 'requested').map((reason) => ({ type: 'end', reason }) as LifeEvent),
  fc.integer().map((error): LifeEvent => ({ type: 'fault', error })),
);

const START: LifeState = { phase: 'running' };

/** The states that a sequence of events leads through, the first included. */
function live(events: readonly LifeEvent[]): LifeState[] {
  const states: LifeState[] = [START];
  for (const each of events) states.push(next(states.at(-1) ?? START, each));
  return states;
}

const ORDER = { running: 0, paused: 0, ending: 1, ended: 2, stopped: 3, failed: 3 } as const;

describe('the life of a run', () => {
  it('is the table of its transitions', () => {
    const from: LifeState[] = [
      { phase: 'running' },
      { phase: 'paused' },
      { phase: 'ending', reason: 'minutes' },
      { phase: 'ended', reason: 'minutes' },
      { phase: 'failed', error: 1 },
      { phase: 'stopped', reason: 'minutes' },
    ];
    const events: LifeEvent[] = [
      { type: 'pause' },
      { type: 'resume' },
      { type: 'end', reason: 'requested' },
      { type: 'all-gone' },
      { type: 'fault', error: 2 },
      { type: 'stop' },
    ];
    const table = from.map((state) => events.map((each) => next(state, each).phase).join(' '));
    expect(table).toEqual([
      'paused running ending ended failed stopped',
      'paused running ending ended failed stopped',
      'ending ending ending ended failed stopped',
      'ended ended ended ended failed stopped',
      'failed failed failed failed failed failed',
      'stopped stopped stopped stopped stopped stopped',
    ]);
  });

  it('never goes back, but from a pause', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const places = live(events).map(({ phase }) => ORDER[phase]);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
    );
  });

  it('keeps the first reason that it was ended for, and the first fault', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const states = live(events);
        const reasons = new Set(states.flatMap((state) => ('reason' in state ? [state.reason] : [])));
        const errors = new Set(states.flatMap((state) => ('error' in state ? [state.error] : [])));
        expect(reasons.size).toBeLessThanOrEqual(1);
        expect(errors.size).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('gives the same state back where an event leads nowhere', () => {
    const ended: LifeState = { phase: 'ended', reason: 'quota' };
    expect(next(ended, { type: 'end', reason: 'requested' })).toBe(ended);
    expect(next(START, { type: 'resume' })).toBe(START);
  });
});
