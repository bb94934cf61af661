/** A confidence in single precision, in as few digits as tell it from its neighbours; 0 … 1, whatever rounding did. */
export function keptScore(value: number): number {
  return Math.min(1, Math.max(0, Number(value.toPrecision(9))));
}
