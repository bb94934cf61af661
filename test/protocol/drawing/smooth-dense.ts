import { type DenseGenome, layersOf } from '../../../protocol/encodings/dense/genome.js';

const HIDDEN: readonly ((z: number) => number)[] = [Math.sin, (z) => Math.exp(-z * z), Math.tanh, Math.cos];

/**
 * What a dense genome draws with other weights: the bytes before they are rounded, [channels, height, width], in double
 * precision, with the mathematical functions.
 */
export function smoothDense(
  genome: DenseGenome,
  weights: Float64Array,
  width: number,
  height: number,
): Float64Array {
  const picture = new Float64Array(genome.channels * width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = (2 * column + 1 - width) / width;
      const y = (2 * row + 1 - height) / height;
      const inputs = [x, y, Math.hypot(x, y), 1];
      let before: readonly number[] = [];
      for (const { kind, units, fanIn, first } of layersOf(genome)) {
        const seen = [...inputs, ...before];
        before = Array.from({ length: units }, (_, unit) => {
          const at = first + unit * fanIn;
          const z = seen.reduce((sum, value, i) => sum + value * (weights[at + i] as number), 0);
          const hidden = HIDDEN[Math.floor((4 * unit) / units)] as (z: number) => number;
          return kind === 'hidden' ? hidden(z) : 255 / (1 + Math.exp(-z));
        });
      }
      before.forEach((value, channel) => {
        picture[(channel * height + row) * width + column] = value;
      });
    }
  }
  return picture;
}
