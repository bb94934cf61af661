/** What an arm of the bandit gave in one play. */
export interface Play {
  readonly arm: number;
  /** Forward passes: above 0. */
  readonly cost: number;
  /** Gain in log-odds over all cells. */
  readonly improvement: number;
}

/** Plays that are remembered: what paid long ago does not pay now. */
export const WINDOW = 60;
/** How much is given to arms that were played seldom: in shares of what the best arm pays. */
const CURIOSITY = 0.2;

/**
 * The arm to play next: sliding-window UCB (Garivier and Moulines 2011, "On upper-confidence bound policies for switching
 * bandit problems"), paid in improvement per forward pass. Pay is told in shares of the best arm's, for there is no bound on
 * it beforehand: value = pay / best pay + CURIOSITY · √(2 ln N / n), for an arm with n of the N plays in the window. An arm
 * without a play in the window comes first, and of equals the first.
 * @param arms how many there are, 1 or more. @param window the last plays, {@link WINDOW} at the most.
 */
export function chooseArm(arms: number, window: readonly Play[]): number {
  const tallies = Array.from({ length: arms }, (_, arm) =>
    tallyOf(window.filter((play) => play.arm === arm)),
  );
  const untried = tallies.findIndex(({ plays }) => plays === 0);
  if (untried >= 0) return untried;
  const best = Math.max(...tallies.map(({ pay }) => pay));
  const values = tallies.map(({ pay, plays }) => {
    const share = best > 0 ? pay / best : 0;
    return share + CURIOSITY * Math.sqrt((2 * Math.log(window.length)) / plays);
  });
  return values.indexOf(Math.max(...values));
}

function tallyOf(plays: readonly Play[]): { readonly plays: number; readonly pay: number } {
  const cost = plays.reduce((sum, play) => sum + play.cost, 0);
  const improvement = plays.reduce((sum, play) => sum + play.improvement, 0);
  return { plays: plays.length, pay: cost > 0 ? improvement / cost : 0 };
}
