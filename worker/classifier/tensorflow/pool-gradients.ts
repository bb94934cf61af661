import * as tf from '@tensorflow/tfjs-core';
import { framed, type Kernel, replaceKernel, spread, tensorOf } from './kernels.js';

/**
 * The gradients of pools, composed of other kernels, for TensorFlow.js's wasm backend: its own (4.22) take the first number of
 * a window for the largest where all are negative, and count padding in a mean, which the mean itself does not
 * (test/worker/classifier/tensorflow/gradients.test.ts).
 */

type Info = ReturnType<typeof tf.backend_util.computePool2DInfo>;

/** Registers both kernels for the wasm backend; the returned function puts back what was there. */
export function registerPoolGradients(): () => void {
  const releases = [replaceKernel('MaxPoolGrad', maxKernel), replaceKernel('AvgPoolGrad', meanKernel)];
  return () => {
    for (const release of releases) release();
  };
}

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function poolOf(image: tf.Tensor4D, attrs: unknown): Info {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as PoolAttributes;
  return tf.backend_util.computePool2DInfo(image.shape, filterSize, strides, 1, pad, dimRoundingMode);
}

/** The lowest number of float32: it is the largest of no window. */
const LOWEST = -3.4028234663852886e38;

/** Each window's gradient goes to where its largest number is: the first of several. */
const maxKernel: Kernel =
  () =>
  ({ inputs, attrs }) => {
    const [dy, x, y] = [tensorOf(inputs.dy), tensorOf(inputs.input), tensorOf(inputs.output)];
    const info = poolOf(x, attrs);
    return tf.tidy(() => {
      const padded = framed(x, edgesOf(info), LOWEST);
      let left: tf.Tensor4D = dy;
      const shares = placesOf(info).map(([row, column]) => {
        const numbers = tf.stridedSlice(
          padded,
          [0, row, column, 0],
          [
            info.batchSize,
            row + (info.outHeight - 1) * info.strideHeight + 1,
            column + (info.outWidth - 1) * info.strideWidth + 1,
            info.inChannels,
          ],
          [1, info.strideHeight, info.strideWidth, 1],
        );
        const share = tf.where(tf.equal(numbers, y), left, tf.zerosLike(left)) as tf.Tensor4D;
        left = tf.sub(left, share);
        return back(share, info, row, column);
      });
      return tf.addN(shares);
    });
  };

/** Each window's gradient is shared out to its numbers, padding not counted. */
const meanKernel: Kernel =
  () =>
  ({ inputs, attrs }) => {
    const [dy, x] = [tensorOf(inputs.dy), tensorOf(inputs.input)];
    const info = poolOf(x, attrs);
    return tf.tidy(() => {
      const { top, left } = info.padInfo;
      const rows = countsOf(
        info.outHeight,
        info.strideHeight,
        info.effectiveFilterHeight,
        top,
        info.inHeight,
      );
      const columns = countsOf(
        info.outWidth,
        info.strideWidth,
        info.effectiveFilterWidth,
        left,
        info.inWidth,
      );
      const counts = tf.mul(
        tf.tensor4d(rows, [1, rows.length, 1, 1]),
        tf.tensor4d(columns, [1, 1, columns.length, 1]),
      );
      const shares = tf.div(dy, counts) as tf.Tensor4D;
      return tf.addN(placesOf(info).map(([row, column]) => back(shares, info, row, column)));
    });
  };

/** How many numbers of an axis each window covers. */
function countsOf(windows: number, stride: number, length: number, before: number, size: number): number[] {
  return Array.from({ length: windows }, (_, i) => {
    const start = i * stride - before;
    return Math.min(size, start + length) - Math.max(0, start);
  });
}

/** Every place in a window. */
function placesOf({ effectiveFilterHeight, effectiveFilterWidth }: Info): [number, number][] {
  return Array.from({ length: effectiveFilterHeight * effectiveFilterWidth }, (_, i) => [
    Math.floor(i / effectiveFilterWidth),
    i % effectiveFilterWidth,
  ]);
}

/** What frames the image so that no window reaches out of it: top, bottom, left, right. */
function edgesOf(info: Info): readonly [number, number, number, number] {
  const { top, left } = info.padInfo;
  const height = (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight;
  const width = (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth;
  return [top, Math.max(0, height - top - info.inHeight), left, Math.max(0, width - left - info.inWidth)];
}

/** Numbers of windows as an image that has each at its window's place (row, column). */
function back(numbers: tf.Tensor4D, info: Info, row: number, column: number): tf.Tensor4D {
  const all = spread(numbers, info.strideHeight, info.strideWidth);
  const top = row - info.padInfo.top;
  const left = column - info.padInfo.left;
  const [, height, width] = all.shape;
  return framed(all, [top, info.inHeight - top - height, left, info.inWidth - left - width]);
}
