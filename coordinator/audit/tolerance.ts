/**
 * The largest difference between the confidences that two honest devices give one picture; devices as heartbeats name
 * them. Two CPUs add up in other orders, in single precision: logits differ by some 1e-5 of themselves, and a confidence
 * by a quarter of that at the most. A GPU may multiply in TensorFloat-32, which has ten bits: about a thousandth of a logit.
 */
export function toleranceBetween(one: string, other: string): number {
  return one === 'cpu' && other === 'cpu' ? 0.001 : 0.02;
}
