import type { OutputKind } from '../onnx/output-kind.js';

/**
 * A network's scores, shape [rows, width], as confidences, shape [rows, classes], each 0 … 1; see {@link OutputKind}.
 * Of a single score p come two classes: 1 − p and p, as Keras numbers them. May change `scores`.
 */
export function confidencesOf(scores: Float32Array, width: number, kind: OutputKind): Float32Array {
  if (width > 1 && kind === 'logits') return softmax(scores, width);
  const confidences = kind === 'logits' || kind === 'sigmoid-logits' ? scores.map(sigmoid) : clamped(scores);
  return width === 1 ? withComplement(confidences) : confidences;
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** Rounding lets a network's own confidence leave 0 … 1 by a bit, which the archive would refuse. */
function clamped(confidences: Float32Array): Float32Array {
  for (let i = 0; i < confidences.length; i++) {
    const confidence = confidences[i] ?? 0;
    if (confidence > 1) confidences[i] = 1;
    else if (confidence < 0) confidences[i] = 0;
  }
  return confidences;
}

function withComplement(confidences: Float32Array): Float32Array {
  const pairs = new Float32Array(2 * confidences.length);
  confidences.forEach((confidence, i) => {
    pairs[2 * i] = 1 - confidence;
    pairs[2 * i + 1] = confidence;
  });
  return pairs;
}

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
