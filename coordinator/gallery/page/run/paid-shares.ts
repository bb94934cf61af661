import type { LiveEmitter } from '../../../../protocol/wire/live.js';

/** An emitter's share of all forward passes, 0 … 1, and what it paid: gain in log-odds for 1,000 of them. */
export interface PaidShare extends LiveEmitter {
  readonly share: number;
  readonly pay: number;
}

export function paidShares(emitters: readonly LiveEmitter[]): PaidShare[] {
  const all = emitters.reduce((sum, { cost }) => sum + cost, 0);
  return emitters.map((emitter) => ({
    ...emitter,
    share: all > 0 ? emitter.cost / all : 0,
    pay: emitter.cost > 0 ? (1000 * emitter.improvement) / emitter.cost : 0,
  }));
}
