/**
 * The rate of step `step` of `steps`, from 0: it rises from nothing over the first twentieth, at most 500 steps, and falls
 * along a half cosine (Loshchilov and Hutter 2017) to nearly nothing.
 */
export function scheduledRate(greatest: number, step: number, steps: number): number {
  const rise = Math.min(500, Math.floor(steps / 20));
  if (step < rise) return (greatest * (step + 1)) / (rise + 1);
  return (greatest * (1 + Math.cos((Math.PI * (step - rise)) / Math.max(1, steps - rise)))) / 2;
}
