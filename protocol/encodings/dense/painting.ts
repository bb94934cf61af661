import type { Painting, PaintingParts } from '../../drawing/painting/painting.js';
import { finishCode, NARROWEST, rgbFinishCode, type Target } from '../../drawing/painting/target.js';
import { coordinateOf, type DenseGenome } from './genome.js';
import { packWeights } from './weights.js';

/** What kernel/index.ts exports to paint dense genomes with, and to pull gradients back. */
export interface DenseKernel {
  drawDense(picture: number, target: number): void;
  pullDense(pull: number): void;
}

/** Words of a picture as kernel/dense.ts reads it. */
const PICTURE_WORDS = 18;

/** Pixels that the kernel draws at a time: rows are rounded up to whole blocks. */
export const BLOCK = 16;

/** Paints dense genomes. */
export function createDensePainting(parts: PaintingParts<DenseKernel>): Painting<DenseGenome> {
  const { arena, kernel, width, height, targetAt } = parts;
  const drawnWidth = Math.max(NARROWEST, width);
  const columns = Math.ceil(drawnWidth / BLOCK) * BLOCK;
  const rowStride = columns * 4;
  const pictureAt = arena.take(PICTURE_WORDS * 4);
  const xAt = arena.take(rowStride);
  const yAt = arena.take(height * 4);
  const rowsAt = arena.take(4 * rowStride);
  arena.f32.set(coordinates(columns, width), xAt / 4);
  arena.f32.set(coordinates(height, height), yAt / 4);

  return {
    paint(genome: DenseGenome, target: Target) {
      const mark = arena.mark();
      const { channels, layers, width: units } = genome;
      // Of each block x, r and the values of two layers.
      const blockBytes = (2 + units) * BLOCK * 4;
      const [block0, block1] = [arena.take(blockBytes), arena.take(blockBytes)];
      const packed = packWeights(genome, arena);
      arena.i32.set(
        [
          drawnWidth,
          height,
          channels,
          layers,
          units,
          packed.weights,
          packed.biases,
          packed.ofY,
          packed.bases,
          xAt,
          yAt,
          block0,
          block1,
          rowsAt,
          rowStride,
          channels === 3 ? rgbFinishCode(target) : finishCode(channels, 1, target),
          target.bytes,
          target.rowBytes,
        ],
        pictureAt / 4,
      );
      kernel.drawDense(pictureAt, targetAt);
      arena.release(mark);
    },
  };
}

/** Of `count` pixels of a line of n, rounded to single precision: those beyond it are drawn, but nobody sees them. */
export function coordinates(count: number, n: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => coordinateOf(i, n));
}
