/**
 * Softmax of each row: exp(xᵢ − max) / Σ exp(xⱼ − max), so that no logit is too great for exp.
 * `logits` has shape [rows, classes]; sums are of 64-bit numbers, results are rounded to 32 bits, 0 … 1.
 */
export function softmax(logits: Float32Array, classes: number): Float32Array {
  const confidences = new Float32Array(logits.length);
  const powers = new Float64Array(classes);
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes);
    let max = Number.NEGATIVE_INFINITY;
    for (const logit of row) if (logit > max) max = logit;
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const power = Math.exp((row[c] ?? 0) - max);
      powers[c] = power;
      sum += power;
    }
    for (let c = 0; c < classes; c++) confidences[start + c] = (powers[c] ?? 0) / sum;
  }
  return confidences;
}

/** True when every row of [rows, classes] is a distribution: nothing negative, a sum of 1 within `tolerance`. */
export function isDistribution(rows: Float32Array, classes: number, tolerance: number): boolean {
  for (let start = 0; start < rows.length; start += classes) {
    let sum = 0;
    for (const value of rows.subarray(start, start + classes)) {
      if (!(value >= 0)) return false;
      sum += value;
    }
    if (!(Math.abs(sum - 1) <= tolerance)) return false;
  }
  return true;
}
