import type { Painting, PaintingParts } from '../../drawing/painting/painting.js';
import { finishCode, NARROWEST, type Target } from '../../drawing/painting/target.js';
import { express } from './express.js';
import type { CppnGenome } from './genome.js';
import { createGrid, type Grid, type GridKernel } from './grid.js';
import { packProgram } from './program.js';

/** The exports of kernel/index.ts that paint CPPNs. */
export interface CppnKernel extends GridKernel {
  drawCppn(picture: number, target: number): void;
}

/** Words of a picture as kernel/index.ts reads it. */
const PICTURE_WORDS = 18;

/** Paints CPPNs: what one expresses becomes a program of the kernel. */
export function createCppnPainting(parts: PaintingParts<CppnKernel>): Painting<CppnGenome> {
  const { arena, kernel, width, height, targetAt } = parts;
  const drawnWidth = Math.max(NARROWEST, width);
  const pictureAt = arena.take(PICTURE_WORDS * 4);
  const base = arena.mark();
  let grid: Grid | undefined;
  let canvas = 0;

  /** The grid of a canvas stays until another canvas's genome comes: a batch has one canvas, as a rule. */
  function gridOf(genome: CppnGenome): Grid {
    if (grid === undefined || canvas !== genome.canvas) {
      arena.release(base);
      grid = createGrid(arena, kernel, genome.canvas, width, height);
      canvas = genome.canvas;
    }
    return grid;
  }

  return {
    paint(genome: CppnGenome, target: Target) {
      const on = gridOf(genome);
      const mark = arena.mark();
      const { ops, d, outputs } = packProgram(express(genome), on, arena);
      const output = (i: number) => outputs[Math.min(i, outputs.length - 1)];
      arena.i32.set(
        [
          drawnWidth,
          height,
          ops.lineOps,
          ops.lineOpCount,
          ops.planeOps,
          ops.planeOpCount,
          d,
          on.squaresX,
          on.squaresY,
          ...[0, 1, 2].map((i) => output(i)?.address ?? 0),
          ...[0, 1, 2].map((i) => output(i)?.stride ?? 0),
          finishCode(genome.outputs, 0, target),
          target.bytes,
          target.rowBytes,
        ],
        pictureAt / 4,
      );
      kernel.drawCppn(pictureAt, targetAt);
      arena.release(mark);
    },
  };
}
