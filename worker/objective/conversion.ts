import { type TensorSpec, tensorLength } from '../../protocol/drawing/tensor-spec.js';
import { clampLevel, gradientByLevels, inputMap, levelsOfTensor, tensorOfLevels } from '../pixels/planes.js';

/** Images of one network as another takes them. Both have equally many pixels and channels. */
export interface Conversion {
  /** `tensor` has shape [count, …input] of the one, the result that of the other: whole levels at its own scale; a copy. */
  images(tensor: Float32Array, count: number): Float32Array;
  /** The way back: gradients by the images of the other as those by the images of the one. Rounding counts as no change. */
  slopes(gradient: Float32Array, count: number): Float32Array;
}

export function createConversion(from: TensorSpec, to: TensorSpec): Conversion {
  const length = tensorLength(from);
  if (isSame(from, to)) {
    return {
      images: (tensor, count) => tensor.slice(0, count * length),
      slopes: (gradient) => gradient,
    };
  }
  const [read, write] = [inputMap(from), inputMap(to)];
  const each = (tensor: Float32Array, count: number, convert: (image: Float32Array) => Float32Array) => {
    const images = new Float32Array(count * length);
    for (let i = 0; i < count; i++) {
      images.set(convert(tensor.subarray(i * length, (i + 1) * length)), i * length);
    }
    return images;
  };
  return {
    images: (tensor, count) =>
      each(tensor, count, (image) => {
        // What was drawn are bytes; the way there and back leaves them a little off.
        const whole = levelsOfTensor(image, read).map((level) => clampLevel(Math.round(level)));
        return tensorOfLevels(whole, write);
      }),
    slopes: (gradient, count) =>
      each(gradient, count, (slope) => {
        const byLevels = gradientByLevels(slope, write);
        return Float32Array.from(
          read.from,
          (index, at) => (byLevels[index] as number) / (read.scale[at] as number),
        );
      }),
  };
}

function isSame(a: TensorSpec, b: TensorSpec): boolean {
  const numbers = ({ scale, offset }: TensorSpec) => [...scale, ...offset].join();
  return a.layout === b.layout && a.channels === b.channels && numbers(a) === numbers(b);
}
