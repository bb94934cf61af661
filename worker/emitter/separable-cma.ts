/** A search distribution: N(mean, sigma² · diag), and the paths by which it adapts. All arrays have length n. */
export interface SearchDistribution {
  readonly mean: Float32Array;
  /** Variances, relative to sigma². */
  readonly diagonal: Float32Array;
  /** The evolution paths of the step size and of the variances. */
  readonly sigmaPath: Float32Array;
  readonly path: Float32Array;
  readonly sigma: number;
  /** Generations that it has learnt from. */
  readonly generations: number;
}

/** Offspring of a generation: 4 + 3 ln n, the paper's. */
export function generationSize(n: number): number {
  return 4 + Math.floor(3 * Math.log(n));
}

export function startAt(mean: Float32Array, sigma: number): SearchDistribution {
  const zeros = () => new Float32Array(mean.length);
  return {
    mean,
    diagonal: zeros().fill(1),
    sigmaPath: zeros(),
    path: zeros(),
    sigma,
    generations: 0,
  };
}

/**
 * What a generation teaches: separable CMA-ES (Ros and Hansen 2008, "A simple modification in CMA-ES achieving linear time
 * and space complexity"), whose rates for the variances are (n + 2) / 3 times those of CMA-ES (Hansen 2016, "The CMA
 * evolution strategy: a tutorial"). The state is in single precision, as it is saved: it goes on the same after a restart.
 * @param ranked the offspring, the best first; the better half counts.
 */
export function learn(before: SearchDistribution, ranked: readonly Float32Array[]): SearchDistribution {
  const n = before.mean.length;
  const { weights, mass, rates } = settingsFor(n, ranked.length);
  const parents = ranked.slice(0, weights.length);
  const generations = before.generations + 1;
  const sigmaPath = new Float32Array(n);
  const mean = new Float32Array(n);
  let length = 0;
  const moved = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const old = before.mean[i] as number;
    let to = 0;
    for (let k = 0; k < parents.length; k++) to += (weights[k] as number) * (parents[k]?.[i] as number);
    mean[i] = to;
    moved[i] = (to - old) / before.sigma;
    const white = (moved[i] as number) / Math.sqrt(before.diagonal[i] as number);
    sigmaPath[i] =
      (1 - rates.sigma) * (before.sigmaPath[i] as number) +
      Math.sqrt(rates.sigma * (2 - rates.sigma) * mass) * white;
    length += (sigmaPath[i] as number) ** 2;
  }
  const expected = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  const ratio = Math.sqrt(length) / expected;
  const settled = Math.sqrt(1 - (1 - rates.sigma) ** (2 * generations));
  const stalled = ratio / settled >= 1.4 + 2 / (n + 1);
  const path = new Float32Array(n);
  const diagonal = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const step = stalled ? 0 : Math.sqrt(rates.path * (2 - rates.path) * mass) * (moved[i] as number);
    path[i] = (1 - rates.path) * (before.path[i] as number) + step;
    let spread = 0;
    for (let k = 0; k < parents.length; k++) {
      const off = ((parents[k]?.[i] as number) - (before.mean[i] as number)) / before.sigma;
      spread += (weights[k] as number) * off * off;
    }
    const old = before.diagonal[i] as number;
    const missing = stalled ? rates.one * rates.path * (2 - rates.path) * old : 0;
    const next =
      (1 - rates.one - rates.many) * old +
      rates.one * (path[i] as number) ** 2 +
      missing +
      rates.many * spread;
    diagonal[i] = Math.max(SMALLEST, next);
  }
  const sigma = before.sigma * Math.exp(Math.min(1, (rates.sigma / rates.damping) * (ratio - 1)));
  return { mean, diagonal, sigmaPath, path, sigma, generations };
}

/** No variance falls to 0 in single precision. */
const SMALLEST = 1e-20;

/** Weights of the better half, what they weigh together (μ_eff), and the rates of learning. */
function settingsFor(n: number, offspring: number) {
  const raw = Array.from(
    { length: Math.max(1, Math.floor(offspring / 2)) },
    (_, i) => Math.log((offspring + 1) / 2) - Math.log(i + 1),
  );
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  const weights = raw.map((weight) => weight / total);
  const mass = 1 / weights.reduce((sum, weight) => sum + weight * weight, 0);
  const sigma = (mass + 2) / (n + mass + 5);
  const separable = (n + 2) / 3;
  const one = Math.min(1, (separable * 2) / ((n + 1.3) ** 2 + mass));
  const many = Math.min(1 - one, (separable * 2 * (mass - 2 + 1 / mass)) / ((n + 2) ** 2 + mass));
  const rates = {
    sigma,
    damping: 1 + 2 * Math.max(0, Math.sqrt((mass - 1) / (n + 1)) - 1) + sigma,
    path: (4 + mass / n) / (n + 4 + (2 * mass) / n),
    one,
    many: Math.max(0, many),
  };
  return { weights, mass, rates };
}
