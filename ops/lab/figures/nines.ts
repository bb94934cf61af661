import type { Axis } from './axis.js';

/** Confidences beyond .9999999 are drawn there: single precision tells little more. */
const MOST = 7;

/** The nines of a confidence: 0 is 0, .9 is 1, .99 is 2, up to 7. */
export function ninesOf(confidence: number): number {
  return Math.min(MOST, -Math.log10(Math.max(10 ** -MOST, 1 - confidence)));
}

/** An axis of {@link ninesOf}, which tells .99 from .9999. */
export function ninesAxis(label: string): Axis {
  const format = (value: number) => (value === 0 ? '0' : `.${'9'.repeat(value)}`);
  return { label, domain: [0, MOST], ticks: [0, 1, 2, 3, 4, 5, 6, 7], format };
}
