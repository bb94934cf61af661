import type { RandomStream } from '../../protocol/base/random.js';
import { standardNormal } from '../../protocol/base/standard-normal.js';
import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import { pinkNoise } from '../pixels/noise.js';
import { blankPlanes, clampLevel, meanLevels, type Planes } from '../pixels/planes.js';
import type { AscentStart } from './settings.js';

/** Deviation of the noise of a start, in levels. */
const NOISE = 32;
const SMALL_NOISE = 1;

/** Where an ascent begins: see {@link AscentStart}. Throws a RangeError where a photograph is needed and there is none. */
export function startOf(start: AscentStart, input: TensorSpec, random: RandomStream, photo?: Planes): Planes {
  if (start === 'photo') {
    if (photo === undefined) throw new RangeError('expected a photograph to start from, got none');
    return photo;
  }
  const planes = blankPlanes(input);
  const pixels = input.width * input.height;
  for (const [c, mean] of meanLevels(input).entries()) {
    const plane = planes.levels.subarray(c * pixels, (c + 1) * pixels);
    const noise = noiseOf(start, input, random);
    const strength = start === 'mean' ? SMALL_NOISE : NOISE;
    for (let pixel = 0; pixel < pixels; pixel++) {
      plane[pixel] = clampLevel(mean + strength * (noise[pixel] ?? 0));
    }
  }
  return planes;
}

function noiseOf(
  start: Exclude<AscentStart, 'photo'>,
  { width, height }: TensorSpec,
  random: RandomStream,
): Float32Array {
  if (start === 'pink') return pinkNoise(width, height, random);
  return Float32Array.from({ length: width * height }, () => standardNormal(random));
}
