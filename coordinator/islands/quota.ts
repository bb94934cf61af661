/**
 * An island's share of a budget, in evaluations or in forward passes: an even split over `islands`, the remainder to the
 * first. 0 when the budget is 0, which is no limit; therefore at least 1 when there is one, however small the budget.
 */
export function quotaOf(budget: number, islands: number, island: number): number {
  if (budget === 0) return 0;
  const share = Math.floor(budget / islands) + (island === 0 ? budget % islands : 0);
  return Math.max(1, share);
}
