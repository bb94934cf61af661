/**
 * The cell under the i-th of n samples on a side of `cells` cells: sample i lies at (2i+1)·cells/2n − ½, cell k covers
 * k ± ½. What lies beyond n repeats the last cell.
 */
export function cellUnder(i: number, n: number, cells: number): number {
  return Math.min(cells - 1, Math.floor(((2 * i + 1) * cells) / (2 * n)));
}
