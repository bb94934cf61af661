import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import type { Gradients } from '../../../worker/ascent/gradients.js';

/** A network whose gradient is known: logits are sums of weighted inputs, confidences their softmax. */
export function linearNetwork(input: TensorSpec, weights: readonly Float32Array[]): Gradients {
  const classes = weights.length;
  function confidencesOf(tensor: Float32Array, count: number): Float32Array {
    const length = tensor.length / count;
    const rows = new Float32Array(count * classes);
    for (let i = 0; i < count; i++) {
      const image = tensor.subarray(i * length, (i + 1) * length);
      const logits = weights.map((weight) =>
        image.reduce((sum, value, at) => sum + value * (weight[at] ?? 0), 0),
      );
      const most = Math.max(...logits);
      const powers = logits.map((logit) => Math.exp(logit - most));
      const total = powers.reduce((sum, power) => sum + power, 0);
      rows.set(
        powers.map((power) => power / total),
        i * classes,
      );
    }
    return rows;
  }
  return {
    input,
    classify: async (tensor, count) => confidencesOf(tensor, count),
    async gradient(tensor, count, classIds) {
      const confidences = confidencesOf(tensor, count);
      const length = tensor.length / count;
      const gradient = new Float32Array(tensor.length);
      // d(−log p_c) = Σ_k (p_k − [k = c]) · w_k.
      for (let at = 0; at < gradient.length; at++) {
        const i = Math.floor(at / length);
        gradient[at] = weights.reduce((sum, weight, k) => {
          const share = (confidences[i * classes + k] ?? 0) - (k === classIds[i] ? 1 : 0);
          return sum + share * (weight[at % length] ?? 0);
        }, 0);
      }
      return { confidences, gradient };
    },
  };
}
