import type { RealParameters } from '../encoding.js';
import { type CppnGenome, INPUTS, WEIGHT_RANGE } from './genome.js';

const X = INPUTS.indexOf('x');
const Y = INPUTS.indexOf('y');
const BIAS = INPUTS.indexOf('bias');

/**
 * The weights of a CPPN, in their order, as if its canvas ran from −1 to 1: with x = c + s · u, where c and s are the middle
 * and half the side of the canvas, a weight of x or y counts s times, and that of a node's bias is what the node's
 * coordinates and bias come to in the middle. Pixel indices run to hundreds: a step that is small for any other
 * weight would turn a sine of x over many times, and every step of it would move the whole picture.
 */
export const CPPN_PARAMETERS: RealParameters<CppnGenome> = {
  read: ({ canvas, sources, targets, weights }) => {
    const values = Float32Array.from(weights, (weight, c) => weight * unitOf(sources[c] as number, canvas));
    forEachTurn(sources, targets, (c, bias) => {
      values[bias] = (values[bias] as number) + middleOf(canvas) * (weights[c] as number);
    });
    return values;
  },
  write(values, like) {
    const { canvas, sources, targets, weights } = like;
    const count = weights.length;
    if (values.length !== count) throw new RangeError(`expected ${count} weights, got ${values.length}`);
    // What did not move stays as it is, to the last bit.
    const before = CPPN_PARAMETERS.read(like);
    const moved = Float64Array.from(weights, (weight, c) => {
      const value = values[c] as number;
      const by = (Number.isNaN(value) ? 0 : value) - (before[c] as number);
      const to = weight + by / unitOf(sources[c] as number, canvas);
      return sources[c] === BIAS ? to : within(to);
    });
    forEachTurn(sources, targets, (c, bias) => {
      moved[bias] =
        (moved[bias] as number) - middleOf(canvas) * ((moved[c] as number) - (weights[c] as number));
    });
    return { ...like, weights: Float32Array.from(moved, within) };
  },
};

/** The gradient of a number by the parameters of a genome, from its gradient by the weights. */
export function byParameters(
  { canvas, sources, targets }: CppnGenome,
  byWeights: Float64Array,
): Float32Array {
  const gradient = byWeights.slice();
  forEachTurn(sources, targets, (c, bias) => {
    gradient[c] = (gradient[c] as number) - middleOf(canvas) * (byWeights[bias] as number);
  });
  return Float32Array.from(gradient, (slope, c) => slope / unitOf(sources[c] as number, canvas));
}

/** Every connection from x or y to a node that has a bias, and the bias's. Connections are sorted by target, then source. */
function forEachTurn(
  sources: Uint16Array,
  targets: Uint16Array,
  visit: (c: number, bias: number) => void,
): void {
  for (let bias = 0; bias < sources.length; bias++) {
    if (sources[bias] !== BIAS) continue;
    for (let c = bias - 1; targets[c] === targets[bias]; c--) {
      if (sources[c] === X || sources[c] === Y) visit(c, bias);
    }
  }
}

function unitOf(source: number, canvas: number): number {
  return source === X || source === Y ? canvas / 2 : 1;
}

function middleOf(canvas: number): number {
  return (canvas - 1) / 2;
}

function within(weight: number): number {
  return Math.min(WEIGHT_RANGE, Math.max(-WEIGHT_RANGE, weight));
}
