import type { DirectGenome } from '../../../protocol/encodings/direct/genome.js';
import { smoothRgbOf } from './smooth-colour.js';

/** What a direct genome draws if its genes are `genes`, 0 … 1: the bytes before they are rounded, [channels, height, width]. */
export function smoothDirect(
  { channels, ...cells }: DirectGenome,
  genes: Float64Array,
  width: number,
  height: number,
): Float64Array {
  const picture = new Float64Array(channels * width * height);
  const cell = (i: number, n: number, of: number) => Math.floor(((2 * i + 1) * of) / (2 * n));
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = cell(row, height, cells.height) * cells.width + cell(column, width, cells.width);
      const bytes = Array.from({ length: channels }, (_, c) => 255 * (genes[at * channels + c] as number));
      const colours = channels === 1 ? bytes : smoothRgbOf(...(bytes as [number, number, number]));
      colours.forEach((value, c) => {
        picture[(c * height + row) * width + column] = value;
      });
    }
  }
  return picture;
}
