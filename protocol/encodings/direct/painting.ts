import type { HlsKernel } from '../../drawing/painting/hls-kernel.js';
import type { Painting, PaintingParts } from '../../drawing/painting/painting.js';
import { finishCode, NARROWEST, type Target } from '../../drawing/painting/target.js';
import type { DirectGenome } from './genome.js';
import { cellUnder } from './sampling.js';

/** The exports of kernel/index.ts that paint direct genomes, and pull gradients back. */
export interface DirectKernel extends HlsKernel {
  drawDirect(picture: number, target: number): void;
}

/** Words of a picture as kernel/direct.ts reads it. */
const PICTURE_WORDS = 13;

/** Paints direct genomes: each sample shows the gene under it. */
export function createDirectPainting(parts: PaintingParts<DirectKernel>): Painting<DirectGenome> {
  const { arena, kernel, width, height, targetAt } = parts;
  const drawnWidth = Math.max(NARROWEST, width);
  const pictureAt = arena.take(PICTURE_WORDS * 4);

  return {
    paint(genome: DirectGenome, target: Target) {
      const mark = arena.mark();
      const { channels, genes } = genome;
      const columns = Math.ceil(drawnWidth / 4) * 4;
      const genesAt = arena.take(genes.byteLength);
      const rows = [0, 1, 2].map(() => arena.take(columns * 4));
      const columnsAt = arena.take(columns * 4);
      const rowsAt = arena.take(height * 4);
      arena.bytes.set(new Uint8Array(genes.buffer, genes.byteOffset, genes.byteLength), genesAt);
      const pixel = channels * genes.BYTES_PER_ELEMENT;
      const ofColumns = arena.i32.subarray(columnsAt / 4, columnsAt / 4 + columns);
      nearest(ofColumns, width, genome.width, pixel);
      const ofRows = arena.i32.subarray(rowsAt / 4, rowsAt / 4 + height);
      nearest(ofRows, height, genome.height, pixel * genome.width);
      arena.i32.set(
        [
          drawnWidth,
          height,
          genesAt,
          channels,
          ...rows,
          columnsAt,
          rowsAt,
          width === genome.width ? 1 : 0,
          finishCode(channels, 1, target),
          target.bytes,
          target.rowBytes,
        ],
        pictureAt / 4,
      );
      kernel.drawDirect(pictureAt, targetAt);
      arena.release(mark);
    },
  };
}

/** For each of n samples, the offset of the cell under it on a side of `cells` cells `step` bytes apart. */
function nearest(offsets: Int32Array, n: number, cells: number, step: number): void {
  for (let i = 0; i < offsets.length; i++) offsets[i] = cellUnder(i, n, cells) * step;
}
