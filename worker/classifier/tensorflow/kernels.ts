import * as tf from '@tensorflow/tfjs-core';

/** Kernels of TensorFlow.js's wasm backend that are replaced while something is differentiated. */

const BACKEND = 'wasm';

/** A kernel, given the one that was there before. */
export type Kernel = (original: tf.KernelFunc | undefined) => tf.KernelFunc;

/** Registers a kernel; the returned function puts back what was there. */
export function replaceKernel(kernelName: string, kernel: Kernel): () => void {
  const original = tf.getKernel(kernelName, BACKEND);
  if (original !== undefined && original !== null) tf.unregisterKernel(kernelName, BACKEND);
  tf.registerKernel({ kernelName, backendName: BACKEND, kernelFunc: kernel(original?.kernelFunc) });
  return () => {
    tf.unregisterKernel(kernelName, BACKEND);
    if (original !== undefined && original !== null) tf.registerKernel(original);
  };
}

/** Kernels are handed tensors of images, though their type promises less. */
export function tensorOf(info: tf.TensorInfo | undefined): tf.Tensor4D {
  if (info === undefined) throw new Error('the kernel of a gradient lacks an input');
  return info as tf.Tensor4D;
}

/**
 * Images of shape [b, h, w, c] with stride − 1 rows and columns of zeros between theirs: [b, (h − 1) · rows + 1, (w − 1) · columns + 1, c].
 */
export function spread(images: tf.Tensor4D, rows: number, columns: number): tf.Tensor4D {
  const [b, h, w, c] = images.shape;
  const between = (x: tf.Tensor4D, count: number, length: number): tf.Tensor4D =>
    count === 0 ? x : (tf.concat([x, tf.zeros([x.shape[0], x.shape[1], count, length])], 2) as tf.Tensor4D);
  const tall = between(tf.reshape(images, [b, h, 1, w * c]), rows - 1, w * c);
  const wide = between(tf.reshape(tall, [b * h * rows, w, 1, c]), columns - 1, c);
  const all: tf.Tensor4D = tf.reshape(wide, [b, h * rows, w * columns, c]);
  return tf.slice(all, [0, 0, 0, 0], [b, (h - 1) * rows + 1, (w - 1) * columns + 1, c]);
}

/** Images with zeros, or `value`, around them; where fewer than 0 are asked for, what is at the edge is cut off. */
export function framed(
  images: tf.Tensor4D,
  [top, bottom, left, right]: readonly [number, number, number, number],
  value = 0,
): tf.Tensor4D {
  const more = (count: number) => Math.max(0, count);
  const [b, h, w, c] = images.shape;
  const kept = tf.slice(
    images,
    [0, more(-top), more(-left), 0],
    [b, h - more(-top) - more(-bottom), w - more(-left) - more(-right), c],
  );
  const pads: [number, number][] = [
    [0, 0],
    [more(top), more(bottom)],
    [more(left), more(right)],
    [0, 0],
  ];
  return tf.pad(kept, pads, value);
}
