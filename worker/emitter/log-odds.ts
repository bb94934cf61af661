/**
 * What a cell is worth to those that choose between emitters: the log-odds of its confidence, ln(p / (1 − p)), between
 * those of chance and of {@link SOLVED}. A step from 1/1000 to 1/100 counts as much there as one from .5 to .9, as it does
 * to a gradient of −log p; what is below chance or beyond {@link SOLVED} counts for nothing.
 */
export function worthOf(confidence: number, classes: number): number {
  const chance = 1 / (classes + 1);
  return logOdds(Math.min(SOLVED, Math.max(chance, confidence)));
}

/** The confidence from which on a class is solved. */
export const SOLVED = 0.99;

/** ln(p / (1 − p)), of 0 … 1. */
export function logOdds(p: number): number {
  return Math.log(p / (1 - p));
}
