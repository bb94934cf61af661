/**
 * A confidence, 0 … 1, as people are shown it: cut to four decimals, never rounded up, so that .99996 is not shown as a
 * certainty that the network does not have.
 */
export function cutConfidence(confidence: number): string {
  return (Math.floor(confidence * 10_000) / 10_000).toFixed(4);
}
