import type { Classifier } from 'atoll';

const SIDE = 8;
const CLASSES = 4;

/**
 * A classifier without a network: which quarter of a grey picture of 8 × 8 pixels is the brightest?
 * The port's promises stand in worker/classifier/classifier.ts; test/worker/classifier/conformance.ts tests them.
 */
export function createQuarters(): Classifier {
  let closed = false;

  async function classify(tensor: Float32Array, count: number): Promise<Float32Array> {
    if (closed) throw new Error('the classifier is closed');
    const rows = new Float32Array(count * CLASSES);
    for (let image = 0; image < count; image++) {
      const pixels = tensor.subarray(image * SIDE * SIDE, (image + 1) * SIDE * SIDE);
      rows.set(softmax(brightness(pixels)), image * CLASSES);
    }
    return rows;
  }

  return {
    engine: 'quarters',
    device: 'cpu',
    // With a file this is its SHA-256: it tells one network from another.
    digest: '4'.repeat(64),
    classes: CLASSES,
    // A pixel's byte, 0 … 255, becomes 0 … 1.
    input: { layout: 'NCHW', width: SIDE, height: SIDE, channels: 'grey', scale: [1 / 255], offset: [0] },
    output: 'softmax',
    batch: 16,
    classify,
    async warmup() {},
    async close() {
      closed = true;
    },
  };
}

/** The sum of each quarter's pixels, 0 … 16: above left, above right, below left, below right. */
function brightness(pixels: Float32Array): number[] {
  const sums = new Array<number>(CLASSES).fill(0);
  pixels.forEach((value, i) => {
    const [row, column] = [Math.floor(i / SIDE), i % SIDE];
    const quarter = 2 * Number(row >= SIDE / 2) + Number(column >= SIDE / 2);
    sums[quarter] = (sums[quarter] ?? 0) + value;
  });
  return sums;
}

/** Confidences 0 … 1 that sum to 1. */
function softmax(scores: readonly number[]): number[] {
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
