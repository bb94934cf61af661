// Registers the gradients of all other kernels.
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { registerConvolutionGradients } from '../../../worker/classifier/tensorflow/convolution-gradients.js';
import { useWasm } from '../../../worker/classifier/tensorflow/wasm.js';

type Shape = [number, number, number, number];

let release: () => void;
beforeAll(async () => {
  await useWasm();
  release = registerConvolutionGradients();
});
afterAll(() => release());

const random = randomFrom(5, 'gradients');
const noise = (shape: Shape) => tf.tensor4d(Float32Array.from(filled(shape)), shape);
function filled(shape: Shape): number[] {
  return Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform() - 0.5);
}

/** In 64 bits, as the definition of a convolution has it: dW and dx of Σ conv(x, w) · dy, by the sum over all windows. */
function slowGradients(
  x: tf.Tensor4D,
  w: tf.Tensor4D,
  dy: tf.Tensor4D,
  stride: number,
  top: number,
  left: number,
) {
  const [xs, ws, ds] = [x.arraySync(), w.arraySync(), dy.arraySync()];
  const dw = tf.zeros(w.shape).arraySync() as number[][][][];
  const dx = tf.zeros(x.shape).arraySync() as number[][][][];
  ds.forEach((image, b) => {
    image.forEach((row, p) => {
      row.forEach((outs, q) => {
        outs.forEach((d, o) => {
          ws.forEach((wRow, i) => {
            wRow.forEach((wIn, j) => {
              wIn.forEach((wOut, c) => {
                const [y, z] = [p * stride + i - top, q * stride + j - left];
                const value = xs[b]?.[y]?.[z]?.[c];
                if (value === undefined) return;
                const [into, from] = [dw[i]?.[j]?.[c], dx[b]?.[y]?.[z]];
                if (into) into[o] = (into[o] ?? 0) + value * d;
                if (from) from[c] = (from[c] ?? 0) + (wOut[o] ?? 0) * d;
              });
            });
          });
        });
      });
    });
  });
  return [tf.tensor4d(dx), tf.tensor4d(dw)] as const;
}

describe('the gradients of a convolution', () => {
  it.each([
    { x: [3, 9, 8, 2], w: [5, 5, 2, 4], stride: 1, pad: 'valid' },
    { x: [2, 7, 7, 3], w: [3, 3, 3, 2], stride: 1, pad: 'same' },
    { x: [2, 6, 7, 1], w: [2, 4, 1, 3], stride: 1, pad: 'same' },
    { x: [2, 9, 10, 2], w: [3, 3, 2, 2], stride: 2, pad: 'valid' },
    { x: [1, 8, 8, 2], w: [3, 3, 2, 3], stride: 2, pad: 'same' },
    { x: [1, 11, 8, 1], w: [3, 2, 1, 2], stride: 3, pad: 'valid' },
  ] as const)('are those of the definition: $x by $w, stride $stride, $pad', ({ x, w, stride, pad }) => {
    const [input, filter] = [noise([...x]), noise([...w])];
    const info = tf.backend_util.computeConv2DInfo([...x], [...w], stride, 1, pad);
    const dy = noise(info.outShape as Shape);
    const grads = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
      tf.sum(tf.mul(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad), dy)),
    );
    const found = grads([input, filter]);
    const expected = slowGradients(input, filter, dy, stride, info.padInfo.top, info.padInfo.left);
    found.forEach((gradient, i) => {
      const other = expected[i];
      expect(gradient.shape).toEqual(other?.shape);
      expect(other && tf.max(tf.abs(tf.sub(gradient, other))).dataSync()[0]).toBeLessThan(1e-5);
    });
  });

  it('leave no tensor behind', () => {
    const [input, filter] = [noise([2, 8, 8, 1]), noise([5, 5, 1, 2])];
    const once = () =>
      tf.dispose(
        tf.grads((a: tf.Tensor, b: tf.Tensor) =>
          tf.sum(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'valid')),
        )([input, filter]),
      );
    once();
    const before = tf.memory().numTensors;
    once();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('are put back as they were', () => {
    release();
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm') ?? undefined).toBeUndefined();
    expect(tf.getKernel('Conv2DBackpropInput', 'wasm')).toBeDefined();
    release = registerConvolutionGradients();
  });
});
