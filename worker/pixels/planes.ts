import { channelCount, type TensorSpec, tensorLength } from '../../protocol/drawing/tensor-spec.js';

/**
 * A picture while it is changed: planes R, G, B (or one of grey), each row by row, in levels 0 … 255 that need not be
 * whole. Shape [channels, height, width].
 */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly levels: Float32Array;
}

/** A picture of the size that a network takes, all of its levels 0. */
export function blankPlanes({ width, height, channels }: TensorSpec): Planes {
  const count = channelCount(channels);
  return { width, height, channels: count, levels: new Float32Array(count * width * height) };
}

/** Where each float of a network's input lies in {@link Planes}, and the scale and offset of its channel. */
export interface InputMap {
  /** Shape [...input]: an index of `levels`. */
  readonly from: Uint32Array;
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

/** The map of a network's input. Pure; worth keeping for all steps of an ascent. */
export function inputMap(spec: TensorSpec): InputMap {
  const length = tensorLength(spec);
  const pixels = spec.width * spec.height;
  const count = channelCount(spec.channels);
  const map = {
    from: new Uint32Array(length),
    scale: new Float32Array(length),
    offset: new Float32Array(length),
  };
  for (let c = 0; c < count; c++) {
    const plane = spec.channels === 'BGR' ? count - 1 - c : c;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const at = spec.layout === 'NCHW' ? c * pixels + pixel : pixel * count + c;
      map.from[at] = plane * pixels + pixel;
      map.scale[at] = spec.scale[c] ?? 1;
      map.offset[at] = spec.offset[c] ?? 0;
    }
  }
  return map;
}

/** Levels as a network takes them: tensor = level · scale + offset. */
export function tensorOfLevels(levels: Float32Array, { from, scale, offset }: InputMap): Float32Array {
  return Float32Array.from(from, (index, at) => (levels[index] ?? 0) * (scale[at] ?? 1) + (offset[at] ?? 0));
}

/** The other way round: {@link tensorOfLevels}, undone. */
export function levelsOfTensor(tensor: Float32Array, { from, scale, offset }: InputMap): Float32Array {
  const levels = new Float32Array(from.length);
  for (let at = 0; at < from.length; at++) {
    levels[from[at] ?? 0] = ((tensor[at] ?? 0) - (offset[at] ?? 0)) / (scale[at] ?? 1);
  }
  return levels;
}

/** A gradient by a network's input as one by levels: the chain rule of {@link tensorOfLevels}. */
export function gradientByLevels(gradient: Float32Array, { from, scale }: InputMap): Float32Array {
  const byLevels = new Float32Array(from.length);
  for (let at = 0; at < from.length; at++) {
    byLevels[from[at] ?? 0] = (gradient[at] ?? 0) * (scale[at] ?? 1);
  }
  return byLevels;
}

/** Pixels as `readPixels` gives them, interleaved bytes, as planes. */
export function planesOf(bytes: Uint8Array, { width, height, channels }: TensorSpec): Planes {
  const count = channelCount(channels);
  const pixels = width * height;
  const levels = Float32Array.from({ length: count * pixels }, (_, at) => {
    const plane = Math.floor(at / pixels);
    return bytes[(at % pixels) * count + plane] ?? 0;
  });
  return { width, height, channels: count, levels };
}

/** The nearest whole levels, interleaved: bytes 0 … 255 of a PNG. */
export function bytesOfPlanes({ width, height, channels, levels }: Planes): Uint8Array {
  const pixels = width * height;
  return Uint8Array.from({ length: channels * pixels }, (_, at) =>
    clampLevel(Math.round(levels[(at % channels) * pixels + Math.floor(at / channels)] ?? 0)),
  );
}

export function clampLevel(level: number): number {
  return Math.min(255, Math.max(0, level));
}

/** The level of each plane that a network's preprocessing takes to 0, the mean of its photographs; 127.5 where that is 0. */
export function meanLevels(spec: TensorSpec): number[] {
  const count = channelCount(spec.channels);
  return Array.from({ length: count }, (_, plane) => {
    const c = spec.channels === 'BGR' ? count - 1 - plane : plane;
    const mean = -(spec.offset[c] ?? 0) / (spec.scale[c] ?? 1);
    return mean > 0 && mean < 255 ? mean : MIDDLE;
  });
}

const MIDDLE = 127.5;
