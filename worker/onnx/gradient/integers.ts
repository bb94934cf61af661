import { windowOf } from '../shapes/window.js';
import { imageShare } from './convolution.js';
import { fromZero } from './formula.js';
import { matrixProduct } from './products.js';
import type { Rule } from './rule.js';

/**
 * Products of bytes that give integers, as networks have them whose activations are quantised while they run. Gradients are
 * those of the whole numbers, less their zeros.
 */

/** a, b, and their zeros. */
export const matrixProductOfIntegers: Rule = (call) => {
  const [a = '', b = '', aZero = '', bZero = ''] = call.inputs;
  const [left, right] = [fromZero(call, a, aZero), fromZero(call, b, bZero)];
  const original = new Map([
    [left, a],
    [right, b],
  ]);
  return matrixProduct({
    ...call,
    inputs: [left, right],
    shape: (name) => call.shape(original.get(name) ?? name),
  });
};

/** x, w, and their zeros; that of w may be one a filter. */
export const convolutionOfIntegers: Rule = (call) => {
  const [x = '', weights = '', , zero = ''] = call.inputs;
  const shape = call.shape(weights);
  const window = windowOf(call.attributes, shape.slice(2), call.shape(x).slice(2));
  const bytes = call.bytes(weights);
  const zeros = zero === '' ? Uint8Array.of(0) : call.bytes(zero);
  if (bytes === undefined || zeros === undefined) throw call.refusal('its weights are computed');
  const each = bytes.length / (shape[0] ?? 1);
  const values = Float32Array.from(
    bytes,
    (byte, i) => byte - (zeros[zeros.length === 1 ? 0 : Math.floor(i / each)] ?? 0),
  );
  return [imageShare(call, { shape, values, name: () => call.graph.floats(values, shape) }, window)];
};
