/** Whether one sample tends to greater values than another, and by how much. */
export interface RankTest {
  /** Pairs in which the first sample's value is the greater one; an equal pair is a half. 0 … n₁ · n₂. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
  /** How p was found. */
  readonly method: 'exact' | 'normal';
  /**
   * Vargha and Delaney's A: the chance that a value of the first sample is greater than one of the second (equal ones
   * count half). .5: no difference; .56, .64 and .71 are called small, medium and large.
   */
  readonly effect: number;
}

/** Up to so many values in all p is exact. */
const EXACT = 40;

/**
 * The Mann–Whitney U test of two independent samples, each of at least one value. With up to 40 values in all, p is exact:
 * the distribution of the rank sum over all ways to part the values that there are, equal ones included (Mann and Whitney,
 * Ann. Math. Stat. 18, 1947); else by the normal distribution, corrected for ties and continuity. Effect size: Vargha and
 * Delaney, J. Educ. Behav. Stat. 25, 2000. Throws a RangeError for an empty sample.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): RankTest {
  const [n1, n2] = [first.length, second.length];
  if (n1 === 0 || n2 === 0) throw new RangeError('expected two samples of at least one value each');
  const { doubled, ties } = midranks([...first, ...second]);
  const sum = doubled.slice(0, n1).reduce((total, rank) => total + rank, 0);
  const u = sum / 2 - (n1 * (n1 + 1)) / 2;
  const effect = u / (n1 * n2);
  if (n1 + n2 <= EXACT) return { u, p: exactP(doubled, n1, sum), method: 'exact', effect };
  return { u, p: normalP(u, n1, n2, ties), method: 'normal', effect };
}

/** Ranks from 1, of equal values their mean; doubled, so that all are whole. `ties`: Σ (t³ − t) over groups of t equals. */
function midranks(values: readonly number[]): { readonly doubled: number[]; readonly ties: number } {
  const order = values.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value);
  const doubled = new Array<number>(values.length).fill(0);
  let ties = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && order[end]?.value === order[start]?.value) end++;
    for (const { i } of order.slice(start, end)) doubled[i] = start + end + 1;
    const group = end - start;
    ties += group ** 3 - group;
    start = end;
  }
  return { doubled, ties };
}

/** Twice the smaller tail of the sums of `size` of the ranks, all choices being equally likely; at most 1. */
function exactP(doubled: readonly number[], size: number, sum: number): number {
  const most = doubled.reduce((total, rank) => total + rank, 0);
  // ways[k][s]: choices of k ranks whose sum is s.
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(most + 1));
  const none = ways[0];
  if (none) none[0] = 1;
  for (const rank of doubled) {
    for (let k = size; k > 0; k--) {
      const [into, from] = [ways[k], ways[k - 1]];
      if (!into || !from) continue;
      for (let s = most; s >= rank; s--) into[s] = (into[s] ?? 0) + (from[s - rank] ?? 0);
    }
  }
  let [below, above, all] = [0, 0, 0];
  ways[size]?.forEach((count, s) => {
    all += count;
    if (s <= sum) below += count;
    if (s >= sum) above += count;
  });
  return Math.min(1, (2 * Math.min(below, above)) / all);
}

function normalP(u: number, n1: number, n2: number, ties: number): number {
  const n = n1 + n2;
  const variance = ((n1 * n2) / 12) * (n + 1 - ties / (n * (n - 1)));
  // All values are equal.
  if (variance === 0) return 1;
  const distance = Math.max(0, Math.abs(u - (n1 * n2) / 2) - 0.5);
  return Math.min(1, 2 * upperTail(distance / Math.sqrt(variance)));
}

/** Share of the standard normal distribution above z ≥ 0: Abramowitz and Stegun 7.1.26 for erfc, within 1.5e-7. */
function upperTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 0.5 * polynomial * Math.exp(-x * x);
}
