/** What an optimiser remembers: how many steps it took, and two running means for every weight. */
export interface OptimiserState {
  readonly steps: number;
  /** Running means of gradients, one array a tensor of weights. */
  readonly first: readonly Float32Array[];
  /** Running means of squared gradients; none for an optimiser that needs none. */
  readonly second: readonly Float32Array[];
}

export interface StepSize {
  /** What a step is multiplied by, greater than 0. */
  readonly rate: number;
  /** Share of each weight, times the rate, that a step takes away, for tensors that decay; from 0. */
  readonly decay: number;
}

/** Changes weights by their gradients. */
export interface Optimiser {
  /** The state before the first step. */
  start(weights: readonly Float32Array[]): OptimiserState;
  /**
   * One step: `weights` and the arrays of `state` are changed in place, and the state after it is returned.
   * `decays`: whether each tensor loses weight by decay (biases and scales do not).
   */
  step(
    weights: readonly Float32Array[],
    gradients: readonly Float32Array[],
    state: OptimiserState,
    size: StepSize,
    decays: readonly boolean[],
  ): OptimiserState;
}

export const OPTIMISER_NAMES = ['adam', 'sgd'] as const;
export type OptimiserName = (typeof OPTIMISER_NAMES)[number];

const BETA1 = 0.9;
const BETA2 = 0.999;
const TINY = 1e-8;
const MOMENTUM = 0.9;

/** Adam (Kingma and Ba 2015) with its usual constants; decay apart from the gradient (Loshchilov and Hutter 2019). */
const adam: Optimiser = {
  start: (weights) => ({ steps: 0, first: zerosLike(weights), second: zerosLike(weights) }),
  step(weights, gradients, state, { rate, decay }, decays) {
    const steps = state.steps + 1;
    const size = (rate * Math.sqrt(1 - BETA2 ** steps)) / (1 - BETA1 ** steps);
    const tiny = TINY * Math.sqrt(1 - BETA2 ** steps);
    weights.forEach((values, t) => {
      const gradient = at(gradients, t);
      const first = at(state.first, t);
      const second = at(state.second, t);
      const kept = 1 - (decays[t] ? rate * decay : 0);
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i] as number;
        const m = BETA1 * (first[i] as number) + (1 - BETA1) * g;
        const v = BETA2 * (second[i] as number) + (1 - BETA2) * g * g;
        first[i] = m;
        second[i] = v;
        values[i] = kept * (values[i] as number) - (size * m) / (Math.sqrt(v) + tiny);
      }
    });
    return { ...state, steps };
  },
};

/** Stochastic gradient descent with momentum .9, Nesterov's form (Sutskever et al. 2013). */
const sgd: Optimiser = {
  start: (weights) => ({ steps: 0, first: zerosLike(weights), second: [] }),
  step(weights, gradients, state, { rate, decay }, decays) {
    weights.forEach((values, t) => {
      const gradient = at(gradients, t);
      const first = at(state.first, t);
      const kept = 1 - (decays[t] ? rate * decay : 0);
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i] as number;
        const m = MOMENTUM * (first[i] as number) + g;
        first[i] = m;
        values[i] = kept * (values[i] as number) - rate * (g + MOMENTUM * m);
      }
    });
    return { ...state, steps: state.steps + 1 };
  },
};

export const OPTIMISERS: Readonly<Record<OptimiserName, Optimiser>> = { adam, sgd };

function zerosLike(arrays: readonly Float32Array[]): Float32Array[] {
  return arrays.map(({ length }) => new Float32Array(length));
}

function at(arrays: readonly Float32Array[], index: number): Float32Array {
  const array = arrays[index];
  if (array === undefined) throw new RangeError(`expected ${index + 1} arrays, got ${arrays.length}`);
  return array;
}
