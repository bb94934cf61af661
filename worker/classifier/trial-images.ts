import type { RandomStream } from '../../protocol/base/random.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { type TensorSpec, tensorLength } from '../../protocol/drawing/tensor-spec.js';

/** Images of the trial. Three, for with two a swapped pair of dimensions can go unnoticed. */
export const TRIAL_IMAGES = 3;
/** Images of {@link variedImages}. */
export const VARIED_IMAGES = 24;

/** The byte of the image's number `i` of `length`, 0 … 255, whole or not. */
type Pattern = (i: number, length: number) => number;

/**
 * `count` images, shape [count, …spec], ever the same: full-contrast noise, faint noise and a bright ramp, in turn.
 * Their ranges differ, so that a scale taken over the batch shows.
 */
export function trialImages(spec: TensorSpec, count = TRIAL_IMAGES): Float32Array {
  const patterns = noises(randomFrom(1, 'trial images'));
  return imagesOf(
    Array.from({ length: count }, (_, image) => patterns[image % patterns.length] ?? (() => 0)),
    spec,
  );
}

/** {@link VARIED_IMAGES} images, ever the same: plain ones from black to white, the rest noise and ramps. */
export function variedImages(spec: TensorSpec): Float32Array {
  const plain = [0, 85, 170, 255].map(
    (byte): Pattern =>
      () =>
        byte,
  );
  const patterns = noises(randomFrom(2, 'trial images'));
  const rest = Array.from(
    { length: VARIED_IMAGES - plain.length },
    (_, image) => patterns[image % patterns.length] ?? (() => 0),
  );
  return imagesOf([...plain, ...rest], spec);
}

function noises(random: RandomStream): readonly Pattern[] {
  return [
    () => 255 * random.uniform(),
    () => 120 + 8 * random.uniform(),
    (i, length) => 200 + (55 * i) / length,
  ];
}

function imagesOf(patterns: readonly Pattern[], spec: TensorSpec): Float32Array {
  const length = tensorLength(spec);
  const tensor = new Float32Array(patterns.length * length);
  patterns.forEach((byteAt, image) => {
    for (let i = 0; i < length; i++) {
      const c = channelAt(i, spec);
      tensor[image * length + i] = byteAt(i, length) * (spec.scale[c] ?? 1) + (spec.offset[c] ?? 0);
    }
  });
  return tensor;
}

function channelAt(i: number, spec: TensorSpec): number {
  const count = spec.scale.length;
  return spec.layout === 'NHWC' ? i % count : Math.floor(i / (spec.width * spec.height));
}
