/** Decay of the means of gradients and of their squares, and what keeps the division finite: the paper's. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Moves values down a gradient. */
export interface Adam {
  /** One step: changes the `values`. Entries of the gradient that are not finite move nothing. */
  step(values: Float32Array, gradient: Float32Array): void;
}

/** Adam (Kingma and Ba 2015, algorithm 1), with its means of zero. `rate`: the step size, in units of the values. */
export function createAdam(length: number, rate: number): Adam {
  const mean = new Float64Array(length);
  const square = new Float64Array(length);
  let steps = 0;
  return {
    step(values, gradient) {
      steps++;
      const [scale1, scale2] = [1 - BETA1 ** steps, 1 - BETA2 ** steps];
      for (let i = 0; i < length; i++) {
        const slope = gradient[i] as number;
        if (!Number.isFinite(slope)) continue;
        mean[i] = BETA1 * (mean[i] as number) + (1 - BETA1) * slope;
        square[i] = BETA2 * (square[i] as number) + (1 - BETA2) * slope * slope;
        const size = Math.sqrt((square[i] as number) / scale2) + EPSILON;
        values[i] = (values[i] as number) - (rate * (mean[i] as number)) / scale1 / size;
      }
    },
  };
}
