import * as tf from '@tensorflow/tfjs-core';
import { framed, type Kernel, replaceKernel, spread, tensorOf } from './kernels.js';

/**
 * The gradients of a convolution, composed of convolutions, for TensorFlow.js's wasm backend: it has no
 * `Conv2DBackpropFilter` and no `DepthwiseConv2dNativeBackpropInput`, and its `Conv2DBackpropInput` takes ten times as long as a
 * convolution does.
 */

type Padding = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];

interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: Padding;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape4D = [number, number, number, number];

const FILTER_KERNEL = 'Conv2DBackpropFilter';
const INPUT_KERNEL = 'Conv2DBackpropInput';
const DEPTHWISE_KERNEL = 'DepthwiseConv2dNativeBackpropInput';

/** Registers the kernels for the wasm backend; the returned function puts back what was there. */
export function registerConvolutionGradients(): () => void {
  const releases = [
    replaceKernel(FILTER_KERNEL, filterKernel),
    replaceKernel(INPUT_KERNEL, inputKernel),
    replaceKernel(DEPTHWISE_KERNEL, depthwiseKernel),
  ];
  return () => {
    for (const release of releases) release();
  };
}

const filterKernel: Kernel =
  () =>
  ({ inputs, attrs }) => {
    const { filterShape } = attrs as unknown as { filterShape: Shape4D };
    const x = tensorOf(inputs.x);
    const dy = tensorOf(inputs.dy);
    const info = convolution(x.shape, filterShape, attrs as unknown as ConvolutionAttributes);
    return filterGradient(x, dy, info);
  };

const inputKernel: Kernel = (original) => (call) => {
  const { inputShape } = call.attrs as unknown as { inputShape: Shape4D };
  const dy = tensorOf(call.inputs.dy);
  const filter = tensorOf(call.inputs.filter);
  const info = convolution(inputShape, filter.shape, call.attrs as unknown as ConvolutionAttributes);
  const composable = info.strideHeight === 1 && info.strideWidth === 1 && info.dataFormat === 'channelsLast';
  if (!composable && original !== undefined) return original(call);
  return inputGradient(dy, filter, info);
};

const depthwiseKernel: Kernel =
  () =>
  ({ inputs, attrs }) => {
    const { inputShape, strides, pad, dilations, dimRoundingMode } = attrs as unknown as DepthwiseAttributes;
    const dy = tensorOf(inputs.dy);
    const filter = tensorOf(inputs.filter);
    const info = tf.backend_util.computeConv2DInfo(
      inputShape,
      filter.shape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    );
    return depthwiseInputGradient(dy, filter, info);
  };

interface DepthwiseAttributes extends ConvolutionAttributes {
  readonly inputShape: Shape4D;
  readonly dilations: number | [number, number];
}

/** Shapes, strides and pads of a convolution of `inputShape` [b, h, w, cIn] with `filterShape` [kh, kw, cIn, cOut]. */
function convolution(inputShape: Shape4D, filterShape: Shape4D, attrs: ConvolutionAttributes) {
  const format = attrs.dataFormat === 'NCHW' ? 'channelsFirst' : 'channelsLast';
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
    false,
    format,
  );
}

type Convolution = ReturnType<typeof convolution>;

/**
 * dW[i, j, c, o] = Σ over b, p, q of x[b, i + p·s − top, j + q·s − left, c] · dy[b, p, q, o]: a convolution of x by dy,
 * dilated by the stride, in which channels count as images and images as channels. Channels last only.
 */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, info: Convolution): tf.Tensor4D {
  refuseChannelsFirst(info);
  return tf.tidy(() => {
    const { top, bottom, left, right } = info.padInfo;
    const padded = tf.pad(tf.transpose(x, [3, 1, 2, 0]), [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const filter = tf.transpose(dy, [1, 2, 0, 3]);
    const dilations: [number, number] = [info.strideHeight, info.strideWidth];
    const whole = tf.conv2d(padded as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid', 'NHWC', dilations);
    // Where the stride does not divide the input, rows that no output looked at leave a margin.
    const used = tf.slice(whole, [0, 0, 0, 0], [-1, info.filterHeight, info.filterWidth, -1]);
    return tf.transpose(used, [1, 2, 0, 3]) as tf.Tensor4D;
  });
}

/** dx = dy, padded to the full convolution, convolved with the filter turned by 180° and its channels exchanged. */
function inputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, info: Convolution): tf.Tensor4D {
  refuseChannelsFirst(info);
  return tf.tidy(() => {
    const { top, left } = info.padInfo;
    const above = info.filterHeight - 1 - top;
    const before = info.filterWidth - 1 - left;
    const padded = tf.pad(dy, [
      [0, 0],
      [above, info.inHeight + info.filterHeight - 1 - info.outHeight - above],
      [before, info.inWidth + info.filterWidth - 1 - info.outWidth - before],
      [0, 0],
    ]);
    const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
    return tf.conv2d(padded as tf.Tensor4D, turned as tf.Tensor4D, 1, 'valid');
  });
}

/**
 * The same where each channel has `multiplier` filters of its own: dy with zeros between, convolved channel by channel with
 * the filters turned by 180°, and summed over the filters of a channel.
 */
function depthwiseInputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, info: Convolution): tf.Tensor4D {
  return tf.tidy(() => {
    const [height, width, channels, multiplier] = filter.shape;
    const { dilationHeight, dilationWidth, inHeight, inWidth, batchSize } = info;
    const all = spread(dy, info.strideHeight, info.strideWidth);
    const [, rows, columns] = all.shape;
    const above = (height - 1) * dilationHeight - info.padInfo.top;
    const before = (width - 1) * dilationWidth - info.padInfo.left;
    const below = inHeight + (height - 1) * dilationHeight - above - rows;
    const behind = inWidth + (width - 1) * dilationWidth - before - columns;
    const each: tf.Tensor4D = tf.reshape(filter, [height, width, channels * multiplier, 1]);
    const found = tf.depthwiseConv2d(
      framed(all, [above, below, before, behind]),
      tf.reverse(each, [0, 1]),
      1,
      'valid',
      'NHWC',
      [dilationHeight, dilationWidth],
    );
    const apart = tf.reshape(found, [batchSize * inHeight * inWidth, channels, multiplier]);
    return tf.reshape(tf.sum(apart, 2), [batchSize, inHeight, inWidth, channels]);
  });
}

function refuseChannelsFirst(info: Convolution): void {
  if (info.dataFormat !== 'channelsLast') {
    throw new Error('the gradient of a channels-first convolution is not written');
  }
}
