import type { HlsKernel } from '../../drawing/painting/hls-kernel.js';
import type { PullBack, PullBackParts } from '../../drawing/painting/pull-back.js';
import { express } from './express.js';
import type { CppnGenome } from './genome.js';
import { type Coordinates, createGraphRows, type NodeRow } from './graph-rows.js';
import { byParameters } from './parameters.js';

/** Greatest byte. */
const FULL = 255;

/** Pulls gradients back to the parameters of CPPNs. What no pixel depends on has 0. */
export function createCppnPullBack(parts: PullBackParts<HlsKernel>): PullBack<CppnGenome> {
  const { arena, kernel, width, height } = parts;
  const columns = Math.ceil(width / 4) * 4;
  const valuesAt = arena.take(3 * columns * 4) / 4;
  const slopesAt = arena.take(3 * columns * 4) / 4;

  /** From a row's grey or red, green and blue to the adjoints of the outputs that draw them. */
  function pullRow(outputs: readonly NodeRow[], slope: Float32Array, row: number): void {
    const { f32 } = arena;
    outputs.forEach((output, channel) => {
      const at = (channel * height + row) * width;
      f32.set(slope.subarray(at, at + width), slopesAt + channel * columns);
      if (outputs.length === 3) copyBytes(output, f32, valuesAt + channel * columns, width);
    });
    if (outputs.length === 3) kernel.hlsSlope(valuesAt * 4, slopesAt * 4, columns * 4);
    outputs.forEach((output, channel) => {
      addByBytes(output, f32, slopesAt + channel * columns, width);
    });
  }

  return {
    pull(genome, slope) {
      const { canvas, weights } = genome;
      const expressed = express(genome);
      const rows = createGraphRows(expressed, coordinatesOf(canvas, width, height));
      for (let row = 0; row < height; row++) {
        rows.forward(row);
        pullRow(rows.outputs, slope, row);
        rows.backward();
      }
      const byExpressed = rows.finish();
      const byWeights = new Float64Array(weights.length);
      for (const [c, place] of expressed.places.entries()) byWeights[place] = byExpressed[c] as number;
      return byParameters(genome, byWeights);
    },
  };
}

/** A byte is 255 · |v|, here as it is before it is cut to a whole number. */
function copyBytes({ values, length }: NodeRow, to: Float32Array, at: number, width: number): void {
  const step = length > 1 ? 1 : 0;
  for (let j = 0; j < width; j++) to[at + j] = FULL * Math.abs(values[j * step] as number);
}

function addByBytes(
  { values, adjoints, length }: NodeRow,
  slopes: Float32Array,
  at: number,
  width: number,
): void {
  const step = length > 1 ? 1 : 0;
  for (let j = 0; j < width; j++) {
    const i = j * step;
    adjoints[i] =
      (adjoints[i] as number) + FULL * Math.sign(values[i] as number) * (slopes[at + j] as number);
  }
}

/** As fillGrid has them (drawing/kernel/index.ts). */
function coordinatesOf(canvas: number, width: number, height: number): Coordinates {
  const side = (n: number) =>
    Float64Array.from({ length: n }, (_, i) => ((2 * i + 1) * canvas - n) / (2 * n));
  const squares = (n: number) =>
    Float64Array.from({ length: n }, (_, i) =>
      canvas > 1 ? (((2 * i + 1 - n) * canvas) / (n * (canvas - 1))) ** 2 : 0,
    );
  return { x: side(width), y: side(height), squaresX: squares(width), squaresY: squares(height) };
}
