import type { Pixels } from '../../../protocol/drawing/drawer.js';

/** The median of each channel over all pixels, as bytes: of an even number the lower one. */
export function medianColour({ data, channels }: Pixels): readonly number[] {
  return Array.from({ length: channels }, (_, c) => {
    const counts = new Uint32Array(256);
    for (let i = c; i < data.length; i += channels) counts[data[i] ?? 0] = (counts[data[i] ?? 0] ?? 0) + 1;
    const middle = Math.ceil(data.length / channels / 2);
    let seen = 0;
    return counts.findIndex((count) => {
      seen += count;
      return seen >= middle;
    });
  });
}

/** The brightness of each pixel, 0 … 255: Rec. 601 luma of colours. */
export function lumaOf({ data, channels, width, height }: Pixels): Float64Array {
  if (channels === 1) return Float64Array.from(data);
  return Float64Array.from({ length: width * height }, (_, i) => {
    const [r, g, b] = [data[3 * i] ?? 0, data[3 * i + 1] ?? 0, data[3 * i + 2] ?? 0];
    return 0.299 * r + 0.587 * g + 0.114 * b;
  });
}
