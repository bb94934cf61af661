import type { OutputKind } from '../onnx/output-kind.js';
import { softmax } from './softmax.js';

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
